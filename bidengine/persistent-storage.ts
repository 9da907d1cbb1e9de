/** Free space of the cluster's storage classes against what a group asks for; a pool is shared by all nodes. */
import type { Reason } from '../market/reasons.js';
import type { UnitDemand } from './demand.js';
import { reason } from './reasons.js';
import type { InventorySnapshot } from './snapshot.js';

/** Persistent bytes of all replicas of all units, by class. */
export const persistentTotals = (units: readonly UnitDemand[]): ReadonlyMap<string, bigint> => {
  const totals = new Map<string, bigint>();
  for (const unit of units) {
    for (const [name, bytes] of unit.persistent) {
      totals.set(name, (totals.get(name) ?? 0n) + bytes * BigInt(unit.count));
    }
  }
  return totals;
};

/** A class that the cluster lacks altogether is told by `checks/storage-classes.ts`. */
export const storageShortfall = (
  units: readonly UnitDemand[],
  snapshot: InventorySnapshot,
): readonly Reason[] => {
  const reasons: Reason[] = [];
  const field = 'order.spec.units.storage';
  for (const [name, bytes] of persistentTotals(units)) {
    const pool = snapshot.storage.find((s) => s.name === name);
    if (pool === undefined) continue;
    reasons.push(...(pool.unsellable ?? []).map((r) => ({ ...r, field })));
    const available = pool.availableBytes;
    if (available === undefined || available >= bytes) continue;
    const message = `needs ${bytes} bytes of storage class ${name}; ${available} are free`;
    reasons.push(reason('InsufficientPersistentStorage', message, field));
  }
  return reasons;
};
