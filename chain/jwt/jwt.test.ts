import { describe, expect, it } from '@jest/globals';
import { JwtTokenManager } from '@akashnetwork/chain-sdk';
import { Secp256k1HdWallet } from '@cosmjs/amino';
import fc from 'fast-check';
import secp256k1 from 'secp256k1';
import type { Signer } from '../ports.js';
import { signOne } from '../sign-one.js';
import { mnemonicFromEntropy, signerFromMnemonic, signerFromPrivateKey } from '../wallet.js';
import { authorizeJwt } from './authorize.js';
import type { JwtDemand } from './authorize.js';
import type { JwtClaims, LeaseAccess } from './claims.js';
import { createJwt } from './create.js';
import type { JwtRequest } from './create.js';
import { readJwt, verifyJwt } from './verify.js';
import type { JwtPolicy } from './verify.js';

const NOW = 1_795_424_482;
const PROVIDER = 'akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5';
const OTHER = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const tenant = signerFromPrivateKey(Uint8Array.from({ length: 32 }, (_, i) => i + 1));
const stranger = signerFromPrivateKey(Uint8Array.from({ length: 32 }, (_, i) => i + 2));

/** The code of the first refusal, or `ok`. */
const judge = (token: string, signer: Signer = tenant, policy: Partial<JwtPolicy> = {}): string => {
  const read = readJwt(token);
  if (!read.ok) return read.reason.code;
  const verified = verifyJwt(read.value, signer.publicKey, { nowSeconds: NOW, ...policy });
  return verified.ok ? 'ok' : verified.reason.code;
};

const tokenOf = (request: Partial<JwtRequest> = {}, signer = tenant): Promise<string> =>
  createJwt(signer, { nowSeconds: NOW, ...request });

/** A token with any payload, rightly signed. */
const rawToken = async (
  payload: unknown,
  header: unknown = { alg: 'ES256K', typ: 'JWT' },
): Promise<string> => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(payload)}`;
  const signature = await signOne(tenant, new TextEncoder().encode(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
};

const good = {
  iss: tenant.address,
  iat: NOW,
  nbf: NOW,
  exp: NOW + 900,
  version: 'v1',
  leases: { access: 'full' },
};

describe('tokens', () => {
  it.each(['ES256K', 'ES256KADR36'] as const)('%s: what is created is accepted', async (alg) => {
    expect(judge(await tokenOf({ alg }))).toBe('ok');
  });

  it("the official SDK's tokens are accepted", async () => {
    const mnemonic = mnemonicFromEntropy(Uint8Array.from({ length: 32 }, (_, i) => i));
    const signer = await signerFromMnemonic(mnemonic);
    const wallet = await Secp256k1HdWallet.fromMnemonic(mnemonic, { prefix: 'akash' });
    const now = Math.floor(Date.now() / 1000);
    const token = await new JwtTokenManager(wallet).generateToken({
      iss: signer.address,
      iat: now,
      nbf: now,
      exp: now + 900,
      version: 'v1',
      leases: { access: 'full' },
    });
    expect(judge(token, signer, { nowSeconds: now })).toBe('ok');
  });

  it('the official SDK finds no fault with our claims', async () => {
    const token = await tokenOf({ nowSeconds: Math.floor(Date.now() / 1000) });
    const amino = await Secp256k1HdWallet.fromMnemonic(mnemonicFromEntropy(new Uint8Array(32)), {
      prefix: 'akash',
    });
    const manager = new JwtTokenManager(amino);
    expect(manager.validatePayload(manager.decodeToken(token))).toMatchObject({ isValid: true });
  });

  it.each([
    ['another account signed it', async () => [await tokenOf(), stranger], 'JwtWrongKey'],
    [
      'the payload was changed after signing',
      async () => {
        const [head, , tail] = (await tokenOf()).split('.');
        const body = Buffer.from(JSON.stringify({ ...good, exp: NOW + 901 })).toString('base64url');
        return [`${head ?? ''}.${body}.${tail ?? ''}`, tenant];
      },
      'JwtBadSignature',
    ],
    [
      'the signature is high-S',
      async () => {
        const [head, body, tail] = (await tokenOf()).split('.');
        const signature = Uint8Array.from(Buffer.from(tail ?? '', 'base64url'));
        const s = secp256k1.privateKeyNegate(signature.slice(32));
        signature.set(s, 32);
        return [
          `${head ?? ''}.${body ?? ''}.${Buffer.from(signature).toString('base64url')}`,
          tenant,
        ];
      },
      'JwtBadSignature',
    ],
    [
      'an ADR-36 signature under the plain algorithm',
      async () => {
        const [, body, tail] = (await tokenOf({ alg: 'ES256KADR36' })).split('.');
        const head = Buffer.from('{"alg":"ES256K","typ":"JWT"}').toString('base64url');
        return [`${head}.${body ?? ''}.${tail ?? ''}`, tenant];
      },
      'JwtBadSignature',
    ],
  ] as readonly (readonly [string, () => Promise<[string, Signer]>, string])[])(
    'refused: %s',
    async (_name, make, want) => {
      const [token, signer] = await make();
      expect(judge(token, signer)).toBe(want);
    },
  );

  it.each([
    ['no algorithm', good, { alg: 'none' }, 'JwtUnknownAlgorithm'],
    ['an HMAC algorithm', good, { alg: 'HS256' }, 'JwtUnknownAlgorithm'],
    ['a missing claim', { ...good, nbf: undefined }, undefined, 'JwtInvalidClaims'],
    ['an unknown claim', { ...good, admin: true }, undefined, 'JwtInvalidClaims'],
    ['a text for a time', { ...good, exp: '9' }, undefined, 'JwtInvalidClaims'],
    ['another version', { ...good, version: 'v2' }, undefined, 'JwtInvalidClaims'],
    ['an end before its begin', { ...good, exp: NOW - 1 }, undefined, 'JwtInvalidClaims'],
    [
      'full access with a scope',
      { ...good, leases: { access: 'full', scope: ['logs'] } },
      undefined,
      'JwtInvalidClaims',
    ],
    [
      'no scope at all',
      { ...good, leases: { access: 'scoped', scope: [] } },
      undefined,
      'JwtInvalidClaims',
    ],
    [
      'a scope twice',
      { ...good, leases: { access: 'scoped', scope: ['logs', 'logs'] } },
      undefined,
      'JwtInvalidClaims',
    ],
    [
      'an unknown scope',
      { ...good, leases: { access: 'scoped', scope: ['root'] } },
      undefined,
      'JwtInvalidClaims',
    ],
    [
      'a provider twice',
      {
        ...good,
        leases: {
          access: 'granular',
          permissions: [
            { provider: PROVIDER, access: 'full' },
            { provider: PROVIDER, access: 'full' },
          ],
        },
      },
      undefined,
      'JwtInvalidClaims',
    ],
    [
      'oseq without gseq',
      {
        ...good,
        leases: {
          access: 'granular',
          permissions: [
            {
              provider: PROVIDER,
              access: 'granular',
              deployments: [{ dseq: 1, scope: ['logs'], oseq: 1 }],
            },
          ],
        },
      },
      undefined,
      'JwtInvalidClaims',
    ],
    [
      'an expired token',
      { ...good, iat: NOW - 1000, nbf: NOW - 1000, exp: NOW - 61 },
      undefined,
      'JwtExpired',
    ],
    ['a token of later', { ...good, nbf: NOW + 61 }, undefined, 'JwtNotYetValid'],
    ['a token issued later', { ...good, iat: NOW + 61 }, undefined, 'JwtNotYetValid'],
    ['a token for ever', { ...good, exp: NOW + 10 * 365 * 86_400 }, undefined, 'JwtLivesTooLong'],
  ])('refused: %s', async (_name, payload, header, want) => {
    expect(judge(await rawToken(payload, header))).toBe(want);
  });

  it.each([
    ['just expired', { ...good, iat: NOW - 900, nbf: NOW - 900, exp: NOW - 59 }],
    ['nearly valid', { ...good, nbf: NOW + 59 }],
  ])('the clocks may differ by a minute: %s', async (_name, payload) => {
    expect(judge(await rawToken(payload))).toBe('ok');
  });

  it('names the claim at fault', async () => {
    const read = readJwt(
      await rawToken({ ...good, leases: { access: 'scoped', scope: ['root'] } }),
    );
    expect(read).toMatchObject({ ok: false, reason: { field: 'leases.scope.0' } });
  });

  it('no text makes the reader throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !readJwt(text).ok));
    fc.assert(
      fc.property(fc.json(), fc.json(), (a, b) => {
        const part = (t: string): string => Buffer.from(t).toString('base64url');
        return !readJwt(`${part(a)}.${part(b)}.${'A'.repeat(86)}`).ok;
      }),
    );
    expect(readJwt('a'.repeat(40_000))).toMatchObject({ reason: { code: 'JwtMalformed' } });
  });
});

describe('what a token allows', () => {
  const demand: JwtDemand = {
    scope: 'logs',
    provider: PROVIDER,
    owner: tenant.address,
    dseq: 7n,
    gseq: 1,
    oseq: 1,
    service: 'web',
  };
  const grant = (change: object): LeaseAccess => ({
    access: 'granular',
    permissions: [
      {
        provider: PROVIDER,
        access: 'granular',
        deployments: [{ dseq: 7, scope: ['logs', 'status'], ...change }],
      },
    ],
  });
  const table: readonly (readonly [string, LeaseAccess, Partial<JwtDemand>, string])[] = [
    ['full access', { access: 'full' }, {}, 'ok'],
    ["another tenant's lease", { access: 'full' }, { owner: OTHER }, 'JwtOfAnotherTenant'],
    ['its scope', { access: 'scoped', scope: ['logs'] }, {}, 'ok'],
    ['another scope', { access: 'scoped', scope: ['logs'] }, { scope: 'shell' }, 'JwtScopeMissing'],
    [
      'a provider with full access',
      { access: 'granular', permissions: [{ provider: PROVIDER, access: 'full' }] },
      {},
      'ok',
    ],
    [
      'another provider',
      { access: 'granular', permissions: [{ provider: OTHER, access: 'full' }] },
      {},
      'JwtNotForThisProvider',
    ],
    [
      'a scope at this provider',
      {
        access: 'granular',
        permissions: [{ provider: PROVIDER, access: 'scoped', scope: ['shell'] }],
      },
      {},
      'JwtScopeMissing',
    ],
    ['its deployment', grant({}), {}, 'ok'],
    ['another deployment', grant({ dseq: 8 }), {}, 'JwtScopeMissing'],
    ['its group', grant({ gseq: 1 }), {}, 'ok'],
    ['another group', grant({ gseq: 2 }), {}, 'JwtScopeMissing'],
    [
      'a group, asked for the whole deployment',
      grant({ gseq: 1 }),
      { gseq: undefined, oseq: undefined },
      'JwtScopeMissing',
    ],
    ['another order', grant({ gseq: 1, oseq: 2 }), {}, 'JwtScopeMissing'],
    ['its service', grant({ services: ['db', 'web'] }), {}, 'ok'],
    ['another service', grant({ services: ['db'] }), {}, 'JwtScopeMissing'],
    [
      'one service, asked for all logs',
      grant({ services: ['web'] }),
      { service: undefined },
      'JwtScopeMissing',
    ],
    [
      'one service, asked for the lease status',
      grant({ services: ['web'] }),
      { service: undefined, scope: 'status' },
      'ok',
    ],
  ];

  it.each(table)('%s', async (_name, leases, change, want) => {
    const read = readJwt(await tokenOf({ leases }));
    const claims: JwtClaims | undefined = read.ok ? read.value.claims : undefined;
    if (claims === undefined) throw new Error('the token was refused');
    const permission = authorizeJwt(claims, { ...demand, ...change });
    expect(permission.ok ? 'ok' : permission.reason.code).toBe(want);
  });
});
