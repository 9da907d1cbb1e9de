/** An oracle for placement: tries every node for every replica. Slow, and right at a glance. */
import { gpuSatisfiesAny } from '../../market/gpu.js';
import type { GpuModel } from '../../market/gpu.js';
import type { GroupSpec } from '../../market/resources.js';
import { demandsOf } from '../demand.js';
import type { UnitDemand } from '../demand.js';
import { DIMENSIONS } from '../quantities.js';
import type { InventorySnapshot, NodeSnapshot } from '../snapshot.js';

/** What is left of a node, by dimension. */
type Left = readonly bigint[];

const hasRoom = (left: Left, unit: UnitDemand): boolean =>
  DIMENSIONS.every((d, i) => unit.exact[d] === 0n || (left[i] ?? 0n) >= unit.exact[d]);

const isAcceptable = (
  node: NodeSnapshot,
  unit: UnitDemand,
  mayBeSold: (model: GpuModel) => boolean,
): boolean =>
  [...unit.persistent.keys()].every((name) => node.storageClasses.includes(name)) &&
  (unit.gpus.length === 0 ||
    (node.gpu !== undefined &&
      mayBeSold(node.gpu.model) &&
      gpuSatisfiesAny(node.gpu.model, unit.gpus)));

const poolsSuffice = (units: readonly UnitDemand[], snapshot: InventorySnapshot): boolean =>
  snapshot.storage.every(({ name, availableBytes = 0n }) => {
    const wanted = units.map((u) => (u.persistent.get(name) ?? 0n) * BigInt(u.count));
    return wanted.reduce((sum, bytes) => sum + bytes, 0n) <= availableBytes;
  });

/** Whether some placement of all replicas exists, each unit on GPUs of one model. */
export const fitsSomehow = (
  group: GroupSpec,
  snapshot: InventorySnapshot,
  mayBeSold: (model: GpuModel) => boolean,
): boolean => {
  const units = demandsOf(group);
  const replicas = units.flatMap((unit) => Array.from({ length: unit.count }, () => unit));
  const free = new Map<NodeSnapshot, Left>();
  for (const node of snapshot.nodes) {
    if (node.unsellable.length > 0) continue;
    free.set(
      node,
      DIMENSIONS.map((d) => node.allocatable[d] - node.allocated[d]),
    );
  }
  const models = new Map<number, string>();

  const put = (next: number): boolean => {
    const unit = replicas[next];
    if (unit === undefined) return true;
    const chosen = models.get(unit.unitId);
    for (const [node, left] of free) {
      if (!isAcceptable(node, unit, mayBeSold) || !hasRoom(left, unit)) continue;
      const model = unit.gpus.length === 0 ? '' : JSON.stringify(node.gpu?.model);
      if (chosen !== undefined && chosen !== model) continue;
      models.set(unit.unitId, model);
      free.set(
        node,
        left.map((l, i) => l - unit.exact[DIMENSIONS[i] ?? 'pods']),
      );
      if (put(next + 1)) return true;
      free.set(node, left);
      if (chosen === undefined) models.delete(unit.unitId);
    }
    return false;
  };
  return poolsSuffice(units, snapshot) && put(0);
};
