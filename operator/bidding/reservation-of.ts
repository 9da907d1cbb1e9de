/** The reservation that a placement amounts to. */
import { demandOf, leasedIpsOf } from '../../bidengine/demand.js';
import type { Placement } from '../../bidengine/input.js';
import { add } from '../../bidengine/quantities.js';
import type { Quantities } from '../../bidengine/quantities.js';
import type { Reservation } from '../../bidengine/snapshot.js';
import { formatOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import type { GroupSpec } from '../../market/resources.js';

/**
 * What the replicas of `group`, placed as told, take of each node.
 * @throws GpuAttributeError for a group whose GPU attributes are malformed (such a group is never placed)
 */
export const reservationOf = (
  orderId: OrderId,
  group: GroupSpec,
  placement: Placement,
  reason: string,
): Reservation => {
  const demands = new Map(group.units.map((u) => [u.resources.id, demandOf(u)]));
  const perNode = new Map<string, Quantities>();
  const storage = new Map<string, bigint>();
  for (const replica of placement) {
    const demand = demands.get(replica.unitId);
    if (demand === undefined) continue;
    const before = perNode.get(replica.node);
    perNode.set(replica.node, before === undefined ? demand.exact : add(before, demand.exact));
    for (const [className, bytes] of demand.persistent) {
      storage.set(className, (storage.get(className) ?? 0n) + bytes);
    }
  }
  return {
    key: formatOrderId(orderId),
    owner: orderId.owner,
    perNode: [...perNode].map(([node, quantities]) => ({ node, quantities })),
    storage: [...storage].map(([className, bytes]) => ({ className, bytes })),
    leasedIps: leasedIpsOf(group),
    reason,
  };
};
