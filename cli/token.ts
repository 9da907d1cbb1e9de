/** Tokens for providers: as narrow as the work allows, because whoever gets one can use it. */
import { createJwt } from '../chain/jwt/create.js';
import type { JwtScope } from '../chain/jwt/claims.js';
import type { Signer } from '../chain/ports.js';

/** Fifteen minutes, as the existing client. */
const LIFETIME_SECONDS = 900;
const SCOPES: readonly JwtScope[] = ['send-manifest', 'get-manifest', 'status', 'logs', 'events'];

/** A token that is good with this provider, for this deployment, for what the tenant commands do; useless elsewhere. */
export const tokenFor = (
  signer: Signer,
  provider: string,
  dseq: bigint,
  nowMs: number,
): Promise<string> => {
  // A sequence is a JSON number in a token; one too large for that can only be covered by the provider's name.
  const exact = dseq <= BigInt(Number.MAX_SAFE_INTEGER);
  return createJwt(signer, {
    nowSeconds: nowMs / 1000,
    lifetimeSeconds: LIFETIME_SECONDS,
    leases: {
      access: 'granular',
      permissions: [
        exact
          ? { provider, access: 'granular', deployments: [{ dseq: Number(dseq), scope: SCOPES }] }
          : { provider, access: 'scoped', scope: SCOPES },
      ],
    },
  });
};
