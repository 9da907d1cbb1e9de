/** Tokens as a tenant makes them. */
import type { Signer } from '../ports.js';
import { signOne } from '../sign-one.js';
import { jwtClaimsSchema } from './claims.js';
import type { JwtClaims, LeaseAccess } from './claims.js';
import { jwtSignBytes } from './signing.js';
import type { JwtAlgorithm } from './signing.js';

export interface JwtRequest {
  /** Unix seconds now. */
  readonly nowSeconds: number;
  /** Default 15 minutes, as the existing client. */
  readonly lifetimeSeconds?: number;
  /** Default full access. */
  readonly leases?: LeaseAccess;
  readonly jti?: string;
  readonly alg?: JwtAlgorithm;
}

const base64url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signed token of `signer`'s account. @throws ZodError when the claims asked for are not allowed ones */
export const createJwt = async (signer: Signer, request: JwtRequest): Promise<string> => {
  const alg = request.alg ?? 'ES256K';
  const now = Math.floor(request.nowSeconds);
  const claims: JwtClaims = jwtClaimsSchema.parse({
    iss: signer.address,
    iat: now,
    nbf: now,
    exp: now + (request.lifetimeSeconds ?? 900),
    version: 'v1',
    leases: request.leases ?? { access: 'full' },
    ...(request.jti === undefined ? {} : { jti: request.jti }),
  });
  const input = `${base64url({ alg, typ: 'JWT' })}.${base64url(claims)}`;
  const signature = await signOne(signer, jwtSignBytes(alg, input, signer.address));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
};
