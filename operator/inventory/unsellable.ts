/** Why what there is cannot be sold, by reason: for the status, the metrics and `berth inventory`. */
import type { UnsellableCount } from '../../crds/generated/types.js';
import type { InventorySnapshot } from '../../bidengine/snapshot.js';

/**
 * One row per code, by code. A node with two reasons is in both rows, and so are its GPUs: rows say what mending one reason
 * is worth at most, and do not add up.
 */
export const unsellableByReason = (snapshot: InventorySnapshot): readonly UnsellableCount[] => {
  const rows = new Map<string, { nodes: number; gpus: number }>();
  const note = (codes: ReadonlySet<string>, nodes: number, gpus: bigint): void => {
    for (const code of codes) {
      const row = rows.get(code) ?? { nodes: 0, gpus: 0 };
      rows.set(code, { nodes: row.nodes + nodes, gpus: row.gpus + Number(gpus) });
    }
  };
  for (const node of snapshot.nodes) {
    note(new Set(node.unsellable.map((r) => r.code)), 1, node.gpuCapacity);
    const withheld =
      node.gpu === undefined ? node.gpuCapacity : node.gpuCapacity - node.allocatable.gpus;
    note(new Set(node.gpuUnsellable.map((r) => r.code)), 0, withheld);
  }
  return [...rows]
    .map(([code, row]) => ({ code, ...row }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
};

/** How often each thing did not add up while counting. */
export const anomaliesByReason = (snapshot: InventorySnapshot): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { code } of snapshot.anomalies) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
};
