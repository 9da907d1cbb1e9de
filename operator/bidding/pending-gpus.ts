/** What one tenant's open bids hold, for the limit on what he can freeze with orders that nobody accepts. */
import type { Reservation } from '../../bidengine/snapshot.js';

/**
 * GPUs by owner.
 * @param pending reservations of bids that are not leases yet, of every owner
 */
export const pendingGpus = (pending: readonly Reservation[], owner: string): bigint =>
  pending.reduce(
    (sum, r) =>
      r.owner === owner ? r.perNode.reduce((all, n) => all + n.quantities.gpus, sum) : sum,
    0n,
  );
