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
  const volumes = new Map(units.map((u) => [u.unitId, u.persistent]));
  const storage = new Map<string, Reservation['storage'][number]>();
  const perNode = new Map<string, Quantities>();
  for (const { node, unitId, resource } of placement) {
    const taken = each.get(unitId) ?? NOTHING;
    const exact =
      resource === undefined ? taken : { ...taken, gpus: 0n, slices: { [resource]: taken.gpus } };
    perNode.set(node, add(perNode.get(node) ?? NOTHING, exact));
    for (const [className, bytes] of volumes.get(unitId) ?? []) {
      const at = `${className} ${node}`;
      storage.set(at, { className, node, bytes: bytes + (storage.get(at)?.bytes ?? 0n) });
    }
  }
  const placedBytes = (name: string): bigint =>
    [...storage.values()].reduce((sum, s) => (s.className === name ? sum + s.bytes : sum), 0n);
  for (const [className, total] of persistentTotals(units)) {
    const rest = total - placedBytes(className);
    if (rest > 0n) storage.set(className, { className, bytes: rest });
  }
  const held = {
    key: formatOrderId(order),
    owner: order.owner,
    perNode: [...perNode].map(([node, quantities]) => ({ node, quantities })),
    storage: [...storage.values()],
    leasedIps: leasedIpsOf(group),
    reason,
  };
  return expiresAtMs === undefined ? held : { ...held, expiresAtMs };
};
