/**
 * What open bids hold for each tenant, and the cap on it: nobody may freeze the cluster with orders that nobody accepts
 * (design.md, "Reservation"). Kept up as decisions are made, so that each asks in constant time.
 */
import { add, NOTHING } from '../../bidengine/quantities.js';
import type { Quantities } from '../../bidengine/quantities.js';
import type { InventorySnapshot, Reservation } from '../../bidengine/snapshot.js';
import type { Reason } from '../../market/reasons.js';
import type { Order } from '../../market/records.js';
import { groupGpus } from '../../market/resources.js';
import type { GroupSpec } from '../../market/resources.js';

const SHARED = ['gpus', 'milliCpu', 'memoryBytes'] as const;
const NAMES = { gpus: 'GPUs', milliCpu: 'CPU', memoryBytes: 'memory' } as const;
type Shared = Pick<Quantities, (typeof SHARED)[number]>;

const wantedBy = ({ units }: GroupSpec): Omit<Shared, 'gpus'> =>
  units.reduce(
    (sum, { resources, count }) => ({
      milliCpu: sum.milliCpu + resources.cpu.milliCpu * BigInt(count),
      memoryBytes: sum.memoryBytes + resources.memory.quantityBytes * BigInt(count),
    }),
    { milliCpu: 0n, memoryBytes: 0n },
  );

/** What nodes that are for sale can give at all. */
export const clusterSize = (snapshot: InventorySnapshot): Quantities =>
  snapshot.nodes
    .filter((n) => n.unsellable.length === 0)
    .reduce((sum, n) => add(sum, n.allocatable), NOTHING);

export class OwnerShares {
  readonly #byOwner = new Map<string, { held: Quantities; bids: number }>();

  /** @param pending reservations of bids that are not leases yet */
  constructor(pending: readonly Reservation[]) {
    for (const reservation of pending) this.hold(reservation);
  }

  hold({ owner, perNode }: Reservation): void {
    const share = this.#byOwner.get(owner) ?? { held: NOTHING, bids: 0 };
    this.#byOwner.set(owner, {
      held: perNode.reduce((sum, n) => add(sum, n.quantities), share.held),
      bids: share.bids + 1,
    });
  }

  /** GPUs that open bids hold for a tenant. */
  gpusOf(owner: string): bigint {
    return this.#byOwner.get(owner)?.held.gpus ?? 0n;
  }

  /**
   * Why one more bid for this tenant would hold too much, or `undefined`.
   * @param percent of each of GPUs, CPU and memory of the cluster; a tenant's only open bid may hold more
   */
  limit(order: Order, percent: number | undefined, cluster: Quantities): Reason | undefined {
    const { held, bids } = this.#byOwner.get(order.id.owner) ?? { held: NOTHING, bids: 0 };
    if (percent === undefined || percent >= 100 || bids === 0) return undefined;
    const gpus = groupGpus(order.spec);
    const wanted: Shared = { gpus, ...wantedBy(order.spec) };
    const over = SHARED.find(
      (part) =>
        wanted[part] > 0n && (held[part] + wanted[part]) * 100n > cluster[part] * BigInt(percent),
    );
    if (over === undefined) return undefined;
    return {
      code: 'OwnerPendingShare',
      message: `With this order, open bids for this tenant would hold more than ${percent} % of the cluster's ${NAMES[over]}; it is decided again when some are accepted or time out.`,
      field: 'spec.bidding.maxPendingPercentPerOwner',
    };
  }
}
