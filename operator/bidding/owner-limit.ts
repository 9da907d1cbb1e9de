/** Caps what one tenant can freeze with orders that nobody accepts (design.md, "Reservation"). */
import type { Reservation } from '../../bidengine/snapshot.js';
import type { Reason } from '../../market/reasons.js';
import type { Order } from '../../market/records.js';
import { groupGpus } from '../../market/resources.js';

const gpusOf = (reservation: Reservation): bigint =>
  reservation.perNode.reduce((sum, n) => sum + n.quantities.gpus, 0n);

/**
 * Why one more bid for this owner would hold too many GPUs, or `undefined`.
 * @param pending reservations of bids that are not leases yet, of every owner
 */
export const ownerLimit = (
  order: Order,
  pending: readonly Reservation[],
  maxPendingGpusPerOwner: number | undefined,
): Reason | undefined => {
  if (maxPendingGpusPerOwner === undefined) return undefined;
  const held = pending.reduce((sum, r) => (r.owner === order.id.owner ? sum + gpusOf(r) : sum), 0n);
  const wanted = groupGpus(order.spec);
  if (held + wanted <= BigInt(maxPendingGpusPerOwner)) return undefined;
  return {
    code: 'OwnerPendingLimit',
    message: `Open bids for this tenant hold ${held} GPUs and this order wants ${wanted}; the limit is ${maxPendingGpusPerOwner} until bids are accepted or time out.`,
    field: 'spec.bidding.maxPendingGpusPerOwner',
  };
};
