/** How much of a demand a node can take. */
import type { UnitDemand } from './demand.js';
import type { IndexedNode } from './node-index.js';
import type { Vector } from './scorer.js';

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

/**
 * Whether every persistent class of the unit can be mounted on the node. Where a class's free space differs by topology, the
 * node's own part must hold all that the group wants of it, so that it holds wherever the volumes end up.
 */
export const mountsAll = (node: IndexedNode, unit: UnitDemand): boolean => {
  if (unit.persistent.size === 0) return true;
  for (const name of unit.persistent.keys()) {
    if (!node.storageClasses.includes(name)) return false;
    const room = node.storageRoom?.[name];
    if (room !== undefined && room < (unit.groupPersistent.get(name) ?? 0n)) return false;
  }
  return true;
};
