/**
 * Tokens as a provider checks them, in steps without I/O: read (whose key is needed?), verify (with that key), authorize
 * (may it do this?). None of them throws; every refusal has a stable code.
 */
import { sha256 } from '@cosmjs/crypto';
import secp256k1 from 'secp256k1';
import type { Reason } from '../../market/reasons.js';
import { addressOfPublicKey } from '../wallet.js';
import { jwtClaimsSchema } from './claims.js';
import type { JwtClaims } from './claims.js';
import { jwtSignBytes } from './signing.js';
import type { JwtAlgorithm } from './signing.js';

export type JwtRefusalCode =
  /** Not three base64url parts of JSON, or too long: the request is malformed. */
  | 'JwtMalformed'
  | 'JwtUnknownAlgorithm'
  /** A claim is missing, of the wrong kind, or not known. */
  | 'JwtInvalidClaims'
  /** The key given is not the issuer's. */
  | 'JwtWrongKey'
  | 'JwtBadSignature'
  | 'JwtExpired'
  | 'JwtNotYetValid'
  | 'JwtLivesTooLong';

export interface JwtRefusal extends Reason {
  readonly code: JwtRefusalCode;
}

export type JwtResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: JwtRefusal };

/** A token that was read and not verified: only `claims.iss` may be used, to find the key. */
export interface UnverifiedJwt {
  readonly alg: JwtAlgorithm;
  readonly claims: JwtClaims;
  /** `header.payload` as sent. */
  readonly input: string;
  readonly signature: Uint8Array;
}

export interface JwtPolicy {
  /** Unix seconds now. */
  readonly nowSeconds: number;
  /** How far the clocks of tenant and provider may differ; default 60. */
  readonly skewSeconds?: number;
  /** Longest time between `iat` and `exp`; default 30 days. */
  readonly maxLifetimeSeconds?: number;
}

/** A token that lists a hundred deployments is about 15 kB. */
const MAX_TOKEN_CHARS = 32 * 1024;
const DAY_SECONDS = 86_400;

const refuse = (code: JwtRefusalCode, message: string, field?: string): JwtResult<never> => ({
  ok: false,
  reason: field === undefined ? { code, message } : { code, message, field },
});

const decodePart = (part: string): unknown => {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return undefined;
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};

const readAlgorithm = (header: unknown): JwtAlgorithm | undefined => {
  if (typeof header !== 'object' || header === null) return undefined;
  const { alg } = header as Readonly<Record<string, unknown>>;
  return alg === 'ES256K' || alg === 'ES256KADR36' ? alg : undefined;
};

/** Takes a token apart and checks its claims' form, not its signature. */
export const readJwt = (token: string): JwtResult<UnverifiedJwt> => {
  if (token.length > MAX_TOKEN_CHARS) {
    return refuse('JwtMalformed', `The token is longer than ${MAX_TOKEN_CHARS} characters.`);
  }
  const [head = '', payload = '', tail = '', ...rest] = token.split('.');
  const header = decodePart(head);
  const body = decodePart(payload);
  if (rest.length > 0 || header === undefined || body === undefined) {
    return refuse('JwtMalformed', 'The token is not three parts of base64url.');
  }
  if (!/^[A-Za-z0-9_-]{86}$/.test(tail)) {
    return refuse('JwtMalformed', 'The signature is not 64 bytes of base64url.', 'signature');
  }
  const alg = readAlgorithm(header);
  if (alg === undefined) {
    const message = 'The algorithm must be ES256K or ES256KADR36.';
    return refuse('JwtUnknownAlgorithm', message, 'alg');
  }
  const claims = jwtClaimsSchema.safeParse(body);
  if (!claims.success) {
    const issue = claims.error.issues[0];
    const field = issue?.path.join('.') ?? '';
    const where = field === '' ? 'claims' : field;
    return refuse('JwtInvalidClaims', `${where}: ${issue?.message ?? 'invalid'}`, where);
  }
  const signature = Uint8Array.from(Buffer.from(tail, 'base64url'));
  return { ok: true, value: { alg, claims: claims.data, input: `${head}.${payload}`, signature } };
};

const checkTimes = (claims: JwtClaims, policy: JwtPolicy): JwtResult<JwtClaims> => {
  const { nowSeconds: now, skewSeconds: skew = 60 } = policy;
  const longest = policy.maxLifetimeSeconds ?? 30 * DAY_SECONDS;
  if (claims.exp < claims.iat) {
    return refuse('JwtInvalidClaims', 'exp: is before iat', 'exp');
  }
  if (claims.exp - claims.iat > longest) {
    return refuse('JwtLivesTooLong', `The token lives longer than ${longest} s.`, 'exp');
  }
  if (now >= claims.exp + skew) return refuse('JwtExpired', 'The token has expired.', 'exp');
  if (now < claims.nbf - skew) {
    return refuse('JwtNotYetValid', 'The token is not valid yet.', 'nbf');
  }
  if (now < claims.iat - skew) {
    return refuse('JwtNotYetValid', 'The token was issued in the future.', 'iat');
  }
  return { ok: true, value: claims };
};

const signatureHolds = (jwt: UnverifiedJwt, publicKey: Uint8Array): boolean => {
  const digest = sha256(jwtSignBytes(jwt.alg, jwt.input, jwt.claims.iss));
  try {
    // Native; false for a signature that is not low-S, as on chain.
    return secp256k1.ecdsaVerify(jwt.signature, digest, publicKey);
  } catch {
    return false;
  }
};

/** @param publicKey the issuer's, compressed, as the chain has it */
export const verifyJwt = (
  jwt: UnverifiedJwt,
  publicKey: Uint8Array,
  policy: JwtPolicy,
): JwtResult<JwtClaims> => {
  if (publicKey.length !== 33 || addressOfPublicKey(publicKey) !== jwt.claims.iss) {
    return refuse('JwtWrongKey', "The public key is not the issuer's.", 'iss');
  }
  if (!signatureHolds(jwt, publicKey)) {
    return refuse('JwtBadSignature', "The signature is not the issuer's.", 'signature');
  }
  return checkTimes(jwt.claims, policy);
};
