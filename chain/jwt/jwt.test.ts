import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { JwtTokenManager } from '@akashnetwork/chain-sdk';
import { Secp256k1HdWallet } from '@cosmjs/amino';
import secp256k1 from 'secp256k1';
import { mnemonicFromEntropy, signerFromPrivateKey } from '../wallet.js';
import { jwtClaimsSchema } from './claims.js';
import type { LeaseAccess } from './claims.js';
import { createJwt } from './create.js';
import type { JwtRequest } from './create.js';
import { jwtSignBytes } from './signing.js';

// Who accepts a token, and for what, is tested where tokens are accepted: gateway/auth.
const NOW = 1_795_424_482;
const PROVIDER = 'akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5';
const tenant = signerFromPrivateKey(Uint8Array.from({ length: 32 }, (_, i) => i + 1));
const tokenOf = (request: Partial<JwtRequest> = {}): Promise<string> =>
  createJwt(tenant, { nowSeconds: NOW, ...request });
const partsOf = (token: string): readonly unknown[] =>
  token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown);

describe('tokens that we make', () => {
  it.each(['ES256K', 'ES256KADR36'] as const)('%s: signed by their account', async (alg) => {
    const token = await tokenOf({ alg });
    const end = token.lastIndexOf('.');
    const signed = jwtSignBytes(alg, token.slice(0, end), tenant.address);
    const hash = createHash('sha256').update(signed).digest();
    const signature = Buffer.from(token.slice(end + 1), 'base64url');
    expect(secp256k1.ecdsaVerify(signature, hash, tenant.publicKey)).toBe(true);
    hash[0] = (hash[0] ?? 0) ^ 1;
    expect(secp256k1.ecdsaVerify(signature, hash, tenant.publicKey)).toBe(false);
  });

  it('say who, from when until when, and what, as the existing client does', async () => {
    expect(partsOf(await tokenOf())).toEqual([
      { alg: 'ES256K', typ: 'JWT' },
      {
        ...{ iss: tenant.address, iat: NOW, nbf: NOW, exp: NOW + 900, version: 'v1' },
        leases: { access: 'full' },
      },
    ]);
  });

  it('the official SDK finds no fault with our claims', async () => {
    const token = await tokenOf({ nowSeconds: Math.floor(Date.now() / 1000) });
    const amino = await Secp256k1HdWallet.fromMnemonic(mnemonicFromEntropy(new Uint8Array(32)), {
      prefix: 'akash',
    });
    const manager = new JwtTokenManager(amino);
    expect(manager.validatePayload(manager.decodeToken(token))).toMatchObject({ isValid: true });
  });

  it.each<[string, LeaseAccess, string]>([
    ['no scope', { access: 'scoped', scope: [] }, 'leases.scope'],
    ['a scope twice', { access: 'scoped', scope: ['logs', 'logs'] }, 'leases.scope'],
    ['no permission', { access: 'granular', permissions: [] }, 'leases.permissions'],
    [
      'an order without its group',
      {
        access: 'granular',
        permissions: [
          {
            provider: PROVIDER,
            access: 'granular',
            deployments: [{ dseq: 7, scope: ['logs'], oseq: 1 }],
          },
        ],
      },
      'leases.permissions.0.deployments.0.oseq',
    ],
  ])('a request for %s is refused and names the claim', async (_name, leases, field) => {
    const [payload] = partsOf(await tokenOf()).slice(1);
    const parsed = jwtClaimsSchema.safeParse({ ...(payload as object), leases });
    expect(parsed.error?.issues.map((i) => i.path.join('.'))).toEqual([field]);
    await expect(tokenOf({ leases })).rejects.toThrow();
  });
});
