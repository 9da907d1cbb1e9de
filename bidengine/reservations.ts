/** Reservations taken off a snapshot. Never negative: what does not add up is reported and counts as nothing free. */
import type { Reason } from '../market/reasons.js';
import { add, exceeding, NOTHING } from './quantities.js';
import type { Quantities } from './quantities.js';
import { reason } from './reasons.js';
import type {
  InventorySnapshot,
  NodeSnapshot,
  Reservation,
  StorageClassSnapshot,
} from './snapshot.js';

/** Sum of what reservations hold on each node. */
const byNode = (reservations: readonly Reservation[]): ReadonlyMap<string, Quantities> => {
  const sums = new Map<string, Quantities>();
  for (const { perNode } of reservations) {
    for (const { node, quantities } of perNode) {
      sums.set(node, add(sums.get(node) ?? NOTHING, quantities));
    }
  }
  return sums;
};

/** An anomaly when more is taken of a node than it has, naming the parts. */
export const overAllocation = (node: NodeSnapshot): readonly Reason[] => {
  const parts = exceeding(node.allocated, node.allocatable);
  if (parts.length === 0) return [];
  const words = parts.map((p) => `${p.part} ${p.used} of ${p.limit}`);
  return [reason('NodeOverAllocated', `${words.join(', ')} taken`, `node/${node.name}`)];
};

/** Bytes that reservations hold, by class. */
const byClass = (reservations: readonly Reservation[]): ReadonlyMap<string, bigint> => {
  const sums = new Map<string, bigint>();
  for (const { storage } of reservations) {
    for (const { className, bytes } of storage)
      sums.set(className, (sums.get(className) ?? 0n) + bytes);
  }
  return sums;
};

/** Bytes held of a class: by segment, and where nobody knows in which one they will lie. */
interface HeldOfClass {
  readonly bySegment: Map<string, bigint>;
  anywhere: bigint;
}

/** Volumes of a reservation lie where its pods go; what names no node, or one that is gone, may lie anywhere. */
const bySegment = (
  reservations: readonly Reservation[],
  nodes: readonly NodeSnapshot[],
): ReadonlyMap<string, HeldOfClass> => {
  const segments = new Map(nodes.map((n) => [n.name, n.storageRoom]));
  const held = new Map<string, HeldOfClass>();
  for (const { className, bytes, node } of reservations.flatMap((r) => r.storage)) {
    const own = held.get(className) ?? { bySegment: new Map<string, bigint>(), anywhere: 0n };
    held.set(className, own);
    const segment = node === undefined ? undefined : segments.get(node)?.[className]?.segment;
    if (segment === undefined) own.anywhere += bytes;
    else own.bySegment.set(segment, (own.bySegment.get(segment) ?? 0n) + bytes);
  }
  return held;
};

const lessRoom = (node: NodeSnapshot, held: ReadonlyMap<string, HeldOfClass>): NodeSnapshot => {
  if (node.storageRoom === undefined || held.size === 0) return node;
  const storageRoom = Object.fromEntries(
    Object.entries(node.storageRoom).map(([name, room]) => {
      const own = held.get(name);
      const taken = (own?.anywhere ?? 0n) + (own?.bySegment.get(room.segment) ?? 0n);
      return [name, { ...room, freeBytes: room.freeBytes > taken ? room.freeBytes - taken : 0n }];
    }),
  );
  return { ...node, storageRoom };
};

const reserveStorage = (
  pool: StorageClassSnapshot,
  held: ReadonlyMap<string, bigint>,
  anomalies: Reason[],
): StorageClassSnapshot => {
  const bytes = held.get(pool.name) ?? 0n;
  const available = pool.availableBytes;
  if (bytes === 0n || available === undefined) return pool;
  if (bytes > available) {
    const message = `${bytes} bytes reserved, ${available} free`;
    anomalies.push(reason('StorageOverAllocated', message, `storage/${pool.name}`));
  }
  return { ...pool, availableBytes: bytes > available ? 0n : available - bytes };
};

/**
 * `snapshot` with `reservations` taken off; nodes that none of them touches are the same objects. Give only what the
 * snapshot does not hold yet: a lease whose pods are counted already is reduced first (`unmetReservations`).
 */
export const withReservations = (
  snapshot: InventorySnapshot,
  reservations: readonly Reservation[],
): InventorySnapshot => {
  if (reservations.length === 0) return snapshot;
  const anomalies = [...snapshot.anomalies];
  const reserved = new Map(byNode(reservations));
  const storageHeld = byClass(reservations);
  const segmentsHeld =
    storageHeld.size === 0
      ? new Map<string, HeldOfClass>()
      : bySegment(reservations, snapshot.nodes);
  const nodes = snapshot.nodes.map((before): NodeSnapshot => {
    const node = lessRoom(before, segmentsHeld);
    const held = reserved.size === 0 ? undefined : reserved.get(node.name);
    if (held === undefined) return node;
    reserved.delete(node.name);
    const changed = { ...node, allocated: add(node.allocated, held) };
    if (overAllocation(node).length === 0) anomalies.push(...overAllocation(changed));
    return changed;
  });
  for (const node of reserved.keys()) {
    const message = `a reservation holds capacity of node ${node}, which is not in the inventory`;
    anomalies.push(reason('ReservedNodeMissing', message, `node/${node}`));
  }
  const ips = reservations.reduce((sum, r) => sum + r.leasedIps, 0);
  if (ips > snapshot.leasedIpsAvailable) {
    const message = `${ips} addresses reserved, ${snapshot.leasedIpsAvailable} free`;
    anomalies.push(reason('LeasedIpsOverAllocated', message, 'leasedIps'));
  }
  return {
    ...snapshot,
    nodes,
    storage: snapshot.storage.map((pool) => reserveStorage(pool, storageHeld, anomalies)),
    leasedIpsAvailable: Math.max(0, snapshot.leasedIpsAvailable - ips),
    anomalies,
  };
};
