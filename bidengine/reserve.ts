/** From a decision, or a lease found again, to the reservation that holds its capacity. */
import { formatOrderId } from '../market/ids.js';
import type { OrderId } from '../market/ids.js';
import type { GroupSpec } from '../market/resources.js';
import { demandsOf, leasedIpsOf } from './demand.js';
import type { Placement } from './input.js';
import { persistentTotals } from './persistent-storage.js';
import { add, NOTHING } from './quantities.js';
import type { Quantities } from './quantities.js';
import type { Reservation } from './snapshot.js';

/**
 * Exactly what `placement` of `group` takes, node by node.
 * @param reason for a reader, for example `bid open`
 * @param expiresAtMs Unix milliseconds; leave out for a lease
 * @throws GpuAttributeError when a GPU attribute of the group has an unknown form
 */
export const reservationOf = (
  order: OrderId,
  group: GroupSpec,
  placement: Placement,
  reason: string,
  expiresAtMs?: number,
): Reservation => {
  const units = demandsOf(group);
  const each = new Map(units.map((u) => [u.unitId, u.exact]));
  const perNode = new Map<string, Quantities>();
  for (const { node, unitId, resource } of placement) {
    const taken = each.get(unitId) ?? NOTHING;
    const exact =
      resource === undefined ? taken : { ...taken, gpus: 0n, slices: { [resource]: taken.gpus } };
    perNode.set(node, add(perNode.get(node) ?? NOTHING, exact));
  }
  const held = {
    key: formatOrderId(order),
    owner: order.owner,
    perNode: [...perNode].map(([node, quantities]) => ({ node, quantities })),
    storage: [...persistentTotals(units)].map(([className, bytes]) => ({ className, bytes })),
    leasedIps: leasedIpsOf(group),
    reason,
  };
  return expiresAtMs === undefined ? held : { ...held, expiresAtMs };
};
