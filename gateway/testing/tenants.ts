/** Tenants with real keys; their tokens are made by the official SDK. */
import { JwtTokenManager } from '@akashnetwork/chain-sdk';
import type { JwtTokenPayload } from '@akashnetwork/chain-sdk';
import { Secp256k1Wallet, encodeSecp256k1Signature } from '@cosmjs/amino';
import { Secp256k1, sha256 } from '@cosmjs/crypto';
import { createHash } from 'node:crypto';
import type { Certificate } from '../../market/records.js';
import { makeCertificate } from './certificates.js';
import type { CertificateOptions } from './certificates.js';
import type { FakeWorld } from './fake-world.js';

export interface Tenant {
  readonly address: string;
  /** Compressed. */
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
  /** A token that lives 15 minutes from `atSeconds`, changed by `claims`. Default algorithm ES256K. */
  token(options?: TokenOptions): Promise<string>;
  /** Publishes a fresh certificate in the world and returns it with its key. */
  certificate(world: FakeWorld, options?: Partial<CertificateOptions>): TenantCertificate;
}

export interface TokenOptions {
  readonly algorithm?: 'ES256K' | 'ES256KADR36';
  readonly claims?: Partial<Omit<JwtTokenPayload, 'version'>>;
}

export interface TenantCertificate {
  readonly cert: string;
  readonly key: string;
  /** Decimal. */
  readonly serial: string;
  readonly record: Certificate;
}

const bytesOf = (data: string | Uint8Array): Uint8Array =>
  typeof data === 'string' ? Buffer.from(data, 'utf8') : data;

/** A tenant whose key is derived from `name`, so that runs are alike. */
export const aTenant = async (name: string): Promise<Tenant> => {
  const privateKey = Uint8Array.from(createHash('sha256').update(`tenant ${name}`).digest());
  const wallet = await Secp256k1Wallet.fromKey(privateKey, 'akash');
  const [account] = await wallet.getAccounts();
  if (account === undefined) throw new Error('a wallet without account');
  const { address, pubkey } = account;
  const plain = new JwtTokenManager({
    algorithm: 'ES256K',
    signArbitrary: async (_signer, data) => {
      const signature = await Secp256k1.createSignature(sha256(bytesOf(data)), privateKey);
      return encodeSecp256k1Signature(
        pubkey,
        Uint8Array.from([...signature.r(32), ...signature.s(32)]),
      );
    },
  });
  const enveloped = new JwtTokenManager(wallet);
  return {
    address,
    publicKey: pubkey,
    privateKey,
    token: ({ algorithm = 'ES256K', claims = {} } = {}) => {
      const iat = Math.floor(Date.now() / 1000);
      return (algorithm === 'ES256K' ? plain : enveloped).generateToken({
        iss: address,
        iat,
        nbf: iat,
        exp: iat + 900,
        leases: { access: 'full' },
        version: 'v1',
        ...claims,
      });
    },
    certificate: (world, options = {}) => {
      const made = makeCertificate({ commonName: address, ...options });
      const serial = made.serial.toString();
      const record: Certificate = {
        owner: address,
        serial,
        state: 'valid',
        cert: made.cert,
        pubkey: made.publicKey,
      };
      world.certificates.set(`${address}/${serial}`, record);
      return { cert: made.cert, key: made.key, serial, record };
    },
  };
};

/** Gives the tenant an account on chain, with his public key unless told otherwise. */
export const knowAccount = (
  world: FakeWorld,
  tenant: Tenant,
  options: { readonly withKey: boolean } = { withKey: true },
): void => {
  world.accounts.set(tenant.address, {
    address: tenant.address,
    accountNumber: 1n,
    sequence: 1n,
    publicKey: options.withKey ? tenant.publicKey : undefined,
  });
};
