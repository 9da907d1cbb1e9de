/**
 * What the chain says of one lease, asked now. Only a record that says "ended", read from an endpoint that is not behind
 * what we have already seen, is proof of an end; an outage, a lagging endpoint or a missing record is not.
 */
import { isChainUnavailable } from '../../chain/ports.js';
import type { ChainReader } from '../../chain/ports.js';
import { formatLeaseId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';
import type { Reason } from '../../market/reasons.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Lease } from '../../market/records.js';
import type { ChainView } from '../chain-view/chain-view.js';

export type LeaseProof =
  | { readonly state: 'live'; readonly lease: Lease; readonly height: bigint }
  | { readonly state: 'ended'; readonly lease: Lease; readonly height: bigint }
  | { readonly state: 'unknown'; readonly reason: Reason };

/** Never throws for an outage: that is `unknown`. */
export const proveLease = async (
  reader: ChainReader,
  view: ChainView,
  id: LeaseId,
): Promise<LeaseProof> => {
  const stale = view.staleness();
  if (stale !== undefined) return { state: 'unknown', reason: stale };
  try {
    const head = await reader.head();
    if (head.catchingUp || head.height < view.height) {
      return {
        state: 'unknown',
        reason: {
          code: 'ChainLagging',
          message: `The chain endpoint is at height ${head.height}, ${view.height} was seen already; its answers are not used as proof.`,
        },
      };
    }
    const lease = await reader.lease(id);
    if (lease === undefined) {
      return {
        state: 'unknown',
        reason: {
          code: 'LeaseNotOnChain',
          message: `The chain has no record of lease ${formatLeaseId(id)}; without a record of its end nothing is torn down. Is this the right chain?`,
        },
      };
    }
    const live = LIVE_LEASE_STATES.includes(lease.state);
    return { state: live ? 'live' : 'ended', lease, height: head.height };
  } catch (error) {
    if (!isChainUnavailable(error)) throw error;
    return {
      state: 'unknown',
      reason: { code: 'ChainUnavailable', message: `No chain endpoint answered: ${error.message}` },
    };
  }
};
