/** Tenants' tokens: cheap checks first, the chain is asked only about tokens that could be good. */
import type { Account } from '../../market/records.js';
import type { IdentityReader } from '../ports.js';
import type { CredentialRefusal, TokenVerdict } from './authenticate.js';
import { readClaims } from './claims.js';
import type { TokenClaims } from './claims.js';
import { createExpiringMap } from './expiring-map.js';
import { TOKEN_ALGORITHMS, isTokenSignature } from './signature.js';
import type { TokenAlgorithm } from './signature.js';

export interface TokenPolicy {
  /** Most that exp may lie after iat: it bounds what a leaked token is worth. */
  readonly maxLifetimeSeconds: number;
  /** How far the tenant's clock may be off. */
  readonly skewSeconds: number;
}

export interface TokenVerifierDependencies {
  readonly identities: IdentityReader;
  readonly policy: TokenPolicy;
  readonly maxCachedKeys: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Unix milliseconds. */
  readonly wallMs: () => number;
}

/** An account's key never changes once it is known, so it may be remembered for long. */
const KEY_TTL_MS = 3_600_000;

const refuse = (
  code: CredentialRefusal['code'],
  message: string,
  field?: string,
): CredentialRefusal => ({ ok: false, code, message, field });

interface ParsedToken {
  readonly ok: true;
  readonly algorithm: TokenAlgorithm;
  readonly claims: TokenClaims;
  readonly signed: string;
  readonly signature: Uint8Array;
}

const BASE64URL = /^[A-Za-z0-9_-]+$/;

const decodeJson = (part: string): unknown => {
  if (!BASE64URL.test(part)) return undefined;
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};

const algorithmOf = (header: unknown): TokenAlgorithm | undefined =>
  typeof header === 'object' && header !== null && 'alg' in header
    ? TOKEN_ALGORITHMS.find((known) => known === header.alg)
    : undefined;

const parse = (token: string): ParsedToken | CredentialRefusal => {
  const parts = token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  const decodedHeader = decodeJson(header);
  if (parts.length !== 3 || decodedHeader === undefined || !BASE64URL.test(signature)) {
    return refuse('TokenMalformed', 'the token is not a JWT of three base64url parts');
  }
  const algorithm = algorithmOf(decodedHeader);
  if (algorithm === undefined) {
    return refuse('TokenInvalid', `alg must be ${TOKEN_ALGORITHMS.join(' or ')}`, 'alg');
  }
  const reading = readClaims(decodeJson(payload));
  if (!reading.ok) {
    return refuse('TokenMalformed', `claim ${reading.field}: ${reading.why}`, reading.field);
  }
  return {
    ok: true,
    algorithm,
    claims: reading.claims,
    signed: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
};

const timeFault = (
  claims: TokenClaims,
  policy: TokenPolicy,
  nowSeconds: number,
): CredentialRefusal | undefined => {
  const { iat, nbf, exp } = claims;
  if (exp <= iat) return refuse('TokenInvalid', 'exp must be after iat', 'exp');
  if (exp - iat > policy.maxLifetimeSeconds) {
    return refuse(
      'TokenLifetimeTooLong',
      `the token lives ${exp - iat} seconds, more than the ${policy.maxLifetimeSeconds} accepted here`,
      'exp',
    );
  }
  if (nowSeconds >= exp + policy.skewSeconds) {
    return refuse('TokenExpired', 'the token has expired', 'exp');
  }
  if (nowSeconds < nbf - policy.skewSeconds) {
    return refuse('TokenNotYetValid', 'the token is not valid yet', 'nbf');
  }
  if (nowSeconds < iat - policy.skewSeconds) {
    return refuse('TokenNotYetValid', 'the token was issued in the future', 'iat');
  }
  return undefined;
};

const keyOf = (account: Account | undefined, owner: string): Uint8Array | CredentialRefusal => {
  if (account === undefined) {
    return refuse('AccountUnknown', `the chain has no account ${owner}`, 'iss');
  }
  return (
    account.publicKey ??
    refuse(
      'AccountHasNoPublicKey',
      `the chain knows no public key of ${owner}: it learns it with the account's first transaction`,
      'iss',
    )
  );
};

/** Builds the verifier. It rejects with `UpstreamUnavailableError` when the chain could not be asked for the key. */
export const createTokenVerifier = (
  dependencies: TokenVerifierDependencies,
): ((token: string) => Promise<TokenVerdict>) => {
  const keys = createExpiringMap<Uint8Array>(
    { ttlMs: KEY_TTL_MS, maxEntries: dependencies.maxCachedKeys },
    dependencies.now,
  );
  const publicKey = async (owner: string): Promise<Uint8Array | CredentialRefusal> => {
    const known = keys.get(owner);
    if (known !== undefined) return known;
    const key = keyOf(await dependencies.identities.account(owner), owner);
    if (key instanceof Uint8Array) keys.set(owner, key);
    return key;
  };
  return async (token) => {
    const parsed = parse(token);
    if (!parsed.ok) return parsed;
    const { claims } = parsed;
    const untimely = timeFault(claims, dependencies.policy, dependencies.wallMs() / 1000);
    if (untimely !== undefined) return untimely;
    const key = await publicKey(claims.iss);
    if (!(key instanceof Uint8Array)) return key;
    const good = isTokenSignature({ ...parsed, signer: claims.iss, publicKey: key });
    if (!good) {
      return refuse('TokenSignatureInvalid', 'the token is not signed by its issuer', 'iss');
    }
    return { ok: true, owner: claims.iss, access: claims.leases };
  };
};
