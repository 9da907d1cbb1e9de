/** How much of a demand a node can take. */
import type { UnitDemand } from './demand.js';
import type { IndexedNode } from './node-index.js';
import type { Vector } from './scorer.js';
import type { SegmentRoom } from './snapshot.js';

const most = (free: number, each: number): number =>
  each === 0 ? Number.POSITIVE_INFINITY : Math.floor(free / each);

/** Whether `free` holds one replica of `each`. */
export const fitsOnce = (free: Vector, each: Vector): boolean =>
  free.gpus >= each.gpus &&
  free.milliCpu >= each.milliCpu &&
  free.memoryBytes >= each.memoryBytes &&
  free.ephemeralBytes >= each.ephemeralBytes &&
  free.pods >= each.pods;

/** Replicas of `each` that fit into `free`; a replica always takes a pod, so the answer is finite. */
export const replicasThatFit = (free: Vector, each: Vector): number =>
  Math.min(
    most(free.gpus, each.gpus),
    most(free.milliCpu, each.milliCpu),
    most(free.memoryBytes, each.memoryBytes),
    most(free.ephemeralBytes, each.ephemeralBytes),
    most(free.pods, each.pods),
  );

/** What is left of `free` after `count` replicas of `each`. */
export const take = (free: Vector, each: Vector, count: number): Vector => ({
  gpus: free.gpus - each.gpus * count,
  milliCpu: free.milliCpu - each.milliCpu * count,
  memoryBytes: free.memoryBytes - each.memoryBytes * count,
  ephemeralBytes: free.ephemeralBytes - each.ephemeralBytes * count,
  pods: free.pods - each.pods * count,
});

/** Bytes of storage segments that a placement has given away so far, by class and segment. */
export type UsedSegments = ReadonlyMap<string, bigint>;

export const NO_SEGMENTS_USED: UsedSegments = new Map();

/** Names a part of a class among all classes. */
export const segmentKey = (className: string, { segment }: SegmentRoom): string =>
  `${className} ${segment}`;

const volumeFits = ({ largestVolumeBytes }: SegmentRoom, bytes: bigint): boolean =>
  largestVolumeBytes === undefined || bytes <= largestVolumeBytes;

/** Replicas whose volumes find space in the parts of their classes that this node reaches; infinite where nothing bounds them. */
export const volumesThatFit = (
  node: IndexedNode,
  unit: UnitDemand,
  used: UsedSegments = NO_SEGMENTS_USED,
): number => {
  let fits = Number.POSITIVE_INFINITY;
  if (node.storageRoom === undefined) return fits;
  for (const [name, each] of unit.persistent) {
    const room = node.storageRoom[name];
    if (room === undefined || each === 0n) continue;
    const left = room.freeBytes - (used.get(segmentKey(name, room)) ?? 0n);
    fits = Math.min(fits, left <= 0n ? 0 : Number(left / each));
  }
  return fits;
};

/** Whether the unit's volumes can be mounted on the node, however much is free. */
export const mountsAll = (node: IndexedNode, unit: UnitDemand): boolean => {
  for (const name of unit.persistent.keys()) {
    if (!node.storageClasses.includes(name)) return false;
    const room = node.storageRoom?.[name];
    if (room !== undefined && !volumeFits(room, unit.largestVolume.get(name) ?? 0n)) return false;
  }
  return true;
};

const ARCHITECTURE = 'kubernetes.io/arch';

/** Whether the unit's pods may run on the node at all: taints, CPU architecture, storage classes. */
export const admits = (node: IndexedNode, unit: UnitDemand): boolean => {
  if (node.gpuPodsOnly && unit.each.gpus === 0) return false;
  if (unit.architectures.some((arch) => node.labels[ARCHITECTURE] !== arch)) return false;
  return unit.persistent.size === 0 || mountsAll(node, unit);
};

/** Replicas of a unit that an untouched node has room for by itself. */
export const roomFor = (node: IndexedNode, unit: UnitDemand): number =>
  fitsOnce(node.free, unit.each) && admits(node, unit)
    ? Math.min(replicasThatFit(node.free, unit.each), volumesThatFit(node, unit))
    : 0;
