/** BidScreening: a group as the chain would have it, answered by the operator's own decision. */
import type {
  BidScreeningRequest,
  BidScreeningResponse,
} from '@akashnetwork/chain-sdk/private-types/provider.akash.v1';
import { fromResources, toGroupSpec } from '../../chain/decode/group-spec.js';
import { isChainDecodeError } from '../../chain/errors.js';
import { formatPrice } from '../../market/money.js';
import type { Reason } from '../../market/reasons.js';
import type { GroupSpec } from '../../market/resources.js';
import type { TokenBuckets } from '../limits/token-bucket.js';
import type { ScreeningDesk } from '../ports.js';
import { Problem } from '../problem.js';
import type { Call } from './call-pipeline.js';

export interface BidScreeningDependencies {
  readonly desk: ScreeningDesk;
  /** All clients together: each screening is a decision of the one process that bids. */
  readonly together: TokenBuckets;
}

const MAX_UNITS = 100;
const MAX_HOSTNAMES = 1000;

const groupOf = ({ groupSpec, hostnames }: BidScreeningRequest): GroupSpec => {
  if (groupSpec === undefined) {
    throw new Problem('MalformedRequest', 'the request has no group to screen', {
      field: 'group_spec',
    });
  }
  if (groupSpec.resources.length > MAX_UNITS || hostnames.length > MAX_HOSTNAMES) {
    throw new Problem(
      'MalformedRequest',
      `a screening takes ${MAX_UNITS} resource units and ${MAX_HOSTNAMES} hostnames at most`,
      { field: groupSpec.resources.length > MAX_UNITS ? 'group_spec.resources' : 'hostnames' },
    );
  }
  try {
    return toGroupSpec(groupSpec, 'group_spec');
  } catch (error) {
    if (!isChainDecodeError(error)) throw error;
    throw new Problem('MalformedRequest', error.message, { field: 'group_spec', cause: error });
  }
};

const inWords = ({ code, message, field }: Reason): string =>
  field === undefined ? `${code}: ${message}` : `${code}: ${message} (${field})`;

/** The handler. The owner is whom the call's token or certificate proves; the rules for tenants and discounts follow him. */
export const createBidScreening =
  ({ desk, together }: BidScreeningDependencies) =>
  async ({ request, caller, signal }: Call<BidScreeningRequest>): Promise<BidScreeningResponse> => {
    const group = groupOf(request);
    const verdict = together.take('all');
    if (!verdict.ok) {
      throw new Problem('Overloaded', 'too many screenings at once; ask again in a moment', {
        retryAfterSeconds: verdict.retryAfterSeconds,
      });
    }
    const owner = caller.kind === 'anonymous' ? '' : caller.owner;
    const { hostnames } = request;
    const { reasons, price, offers } = await desk.screen({ group, owner, hostnames }, signal);
    // The message has room for one unit's offer: the first, as the Akash provider fills it.
    const [offer] = offers;
    return {
      passed: price !== undefined,
      reasons: reasons.map(inWords),
      resourceOffer:
        offer === undefined
          ? undefined
          : { resources: fromResources(offer.resources), count: offer.count, prices: undefined },
      price:
        price === undefined ? undefined : { denom: price.denom, amount: formatPrice(price.amount) },
    };
  };
