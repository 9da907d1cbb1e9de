/** Who is asking: the API server says whose projected token it is. The client certificate is checked before, by TLS. */
import { createHash } from 'node:crypto';
import type { KubeApi } from '../../kube/api.js';
import { TOKEN_REVIEWS } from '../../kube/resources.js';
import type { Reason } from '../../market/reasons.js';
import { refuse } from '../reasons.js';

export interface CallerCheckDeps {
  readonly api: KubeApi;
  /** The one user that is served. */
  readonly user: string;
  readonly audience: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** A token that was found good is not asked about again for this long; a revoked one ends within it. */
const GOOD_FOR_MS = 30_000;

export type CallerCheck = (bearer: string | undefined) => Promise<Reason | undefined>;

/** Resolves to why the caller is refused. @throws KubeError when the API server cannot say */
export const createCallerCheck = ({ api, user, audience, now }: CallerCheckDeps): CallerCheck => {
  let good: { readonly digest: string; readonly until: number } | undefined;
  return async (bearer) => {
    if (bearer === undefined || bearer === '') {
      return refuse('SignCallerUnknown', 'The request carries no service-account token.');
    }
    const digest = createHash('sha256').update(bearer).digest('hex');
    if (good?.digest === digest && now() < good.until) return undefined;
    const { status } = await api.create(TOKEN_REVIEWS, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      metadata: { name: '' },
      spec: { token: bearer, audiences: [audience] },
    });
    const named = status?.user?.username;
    // Without the audience in the answer, the server has checked the token for itself and not for us.
    const proven = status?.authenticated === true && (status.audiences ?? []).includes(audience);
    if (!proven || named !== user) {
      const who = proven ? `it is ${named ?? 'nobody'}'s` : 'the API server does not accept it';
      return refuse('SignCallerUnknown', `The token is not ${user}'s: ${who}.`);
    }
    good = { digest, until: now() + GOOD_FOR_MS };
    return undefined;
  };
};
