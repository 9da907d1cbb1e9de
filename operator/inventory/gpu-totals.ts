/** GPUs by model and state, for status, metrics and people. */
import type { GpuInventory, NodeInventory } from '../../crds/generated/types.js';
import type { InventorySnapshot, NodeSnapshot, Reservation } from '../../bidengine/snapshot.js';
import { formatGpu } from '../../market/gpu.js';

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

interface Split {
  readonly allocatable: bigint;
  readonly taken: bigint;
  readonly unsellable: bigint;
}

/**
 * What of a node's GPUs pods and reservations take, and what of the rest may not be sold. Ill ones are missing from
 * allocatable already; the healthy ones beside them are for sale, as the bid engine has it.
 */
const splitOf = (node: NodeSnapshot): Split => {
  const allocatable = node.allocatable.gpus;
  const taken = least(node.allocated.gpus, allocatable);
  return {
    allocatable,
    taken,
    unsellable: node.unsellable.length === 0 ? 0n : allocatable - taken,
  };
};

/**
 * One row per model, in the order of their names.
 * @param snapshot reservations included
 * @param pending reservations of bids that are not leases: the rest of what is taken counts as leased
 */
export const gpuInventory = (
  snapshot: InventorySnapshot,
  pending: readonly Reservation[],
): readonly GpuInventory[] => {
  const reservedOn = new Map<string, bigint>();
  for (const { perNode } of pending) {
    for (const { node, quantities } of perNode)
      reservedOn.set(node, (reservedOn.get(node) ?? 0n) + quantities.gpus);
  }
  const rows = new Map<string, GpuInventory>();
  for (const node of snapshot.nodes) {
    if (node.gpu === undefined) continue;
    const { vendor, model, ram, interface: iface } = node.gpu.model;
    const key = formatGpu(node.gpu.model);
    const { allocatable, taken, unsellable } = splitOf(node);
    const reserved = least(reservedOn.get(node.name) ?? 0n, taken);
    const row = rows.get(key);
    const plus = (before: number | undefined, more: bigint): number => (before ?? 0) + Number(more);
    rows.set(key, {
      vendor,
      model,
      ...(ram === undefined ? {} : { ram }),
      ...(iface === undefined ? {} : { interface: iface }),
      allocatable: plus(row?.allocatable, allocatable),
      leased: plus(row?.leased, taken - reserved),
      reserved: plus(row?.reserved, reserved),
      available: plus(row?.available, allocatable - taken - unsellable),
      unsellable: plus(row?.unsellable, unsellable),
    });
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
};

/** Every node with the reasons that keep it, or its GPUs, from being sold. */
export const nodeInventory = (snapshot: InventorySnapshot): readonly NodeInventory[] =>
  snapshot.nodes.map((node) => {
    const reasons = [...node.unsellable, ...node.gpuUnsellable].map(({ code, message }) => ({
      code,
      message,
    }));
    return {
      name: node.name,
      sellable: node.unsellable.length === 0,
      gpus: Number(node.allocatable.gpus),
      gpusPresent: Number(node.gpuCapacity),
      ...(node.gpu === undefined ? {} : { model: node.gpu.model.model }),
      ...(node.slices.length === 0
        ? {}
        : {
            slices: Object.fromEntries(
              node.slices.map(({ resourceName }) => [
                resourceName,
                Number(node.allocatable.slices?.[resourceName] ?? 0n),
              ]),
            ),
          }),
      ...node.software,
      ...(reasons.length === 0 ? {} : { reasons }),
    };
  });
