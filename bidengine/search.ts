/**
 * Finds room for a whole group at once or proves that there is none: depth first over the units, the largest first; within
 * a unit, over the nodes in the scorer's order, as many replicas as fit. When a later unit does not fit, the choices of the
 * earlier ones are taken back. Complete within its limit of node visits, which bounds the time a hostile order can take.
 * Placements that the scheduler could lose (`certain-binding.ts`) are passed over.
 */
import type { Assignment } from './assignments.js';
import type { UnitDemand } from './demand.js';
import { bindsForCertain } from './certain-binding.js';
import { admits, fitsOnce, replicasThatFit, segmentKey, take, volumesThatFit } from './fit.js';
import type { IndexedNode, NodeIndex } from './node-index.js';
import { rankFrom } from './rooms.js';
import type { Room } from './rooms.js';
import type { Scorer, Vector } from './scorer.js';

/** `count` replicas of unit number `unit` (position, not id) on one node. */
export interface Share {
  readonly unit: number;
  readonly node: IndexedNode;
  readonly count: number;
}

/** Node visits left; shared by the searches of one decision. */
export interface Budget {
  visits: number;
}

/** What a placement that is passed over counts for: finding that out costs about as much as so many visits. */
const UNCERTAIN_VISITS = 500;

/** Nested choices at most: far more than a group of the chain's largest size needs, far less than the stack has. */
const MAX_DEPTH = 4_000;

/** `uncertain`: there is room, but only in ways in which the scheduler could leave a replica without. */
export type SearchResult = readonly Share[] | 'no-fit' | 'uncertain' | 'limit';

/** Units by size: what is hardest to place goes first. Positions, ties in the order's own order. */
const hardestFirst = (units: readonly UnitDemand[]): readonly number[] =>
  units
    .map((_, i) => i)
    .sort((a, b) => {
      const [x, y] = [units[a]?.each, units[b]?.each];
      if (x === undefined || y === undefined) return 0;
      return y.gpus - x.gpus || y.memoryBytes - x.memoryBytes || y.milliCpu - x.milliCpu || a - b;
    });

/** The shares of a placement of all `units`, each with the model that `assignment` gives it. */
export const search = (
  units: readonly UnitDemand[],
  assignment: Assignment,
  index: NodeIndex,
  scorer: Scorer,
  budget: Budget,
): SearchResult => {
  const order = hardestFirst(units);
  const used = new Map<IndexedNode, Vector>();
  const usedSegments = new Map<string, bigint>();
  const shares: Share[] = [];
  const tally = { uncertain: 0 };

  /** MIG slices are counted for their own face of a node, everything else for the machine. */
  const freeOn = (node: IndexedNode): Vector => {
    if (used.size === 0) return node.free;
    const own = used.get(node) ?? node.free;
    if (node.machine === undefined) return own;
    return { ...(used.get(node.machine) ?? node.machine.free), gpus: own.gpus };
  };
  const setFree = (node: IndexedNode, free: Vector): void => {
    used.set(node, free);
    const { machine } = node;
    if (machine !== undefined) used.set(machine, { ...free, gpus: freeOn(machine).gpus });
  };
  const useSegments = (unit: UnitDemand, node: IndexedNode, count: number): void => {
    if (node.storageRoom === undefined) return;
    for (const [name, bytes] of unit.persistent) {
      const room = node.storageRoom[name];
      if (room === undefined) continue;
      const key = segmentKey(name, room);
      usedSegments.set(key, (usedSegments.get(key) ?? 0n) + bytes * BigInt(count));
    }
  };
  const canTake = (node: IndexedNode, free: Vector, unit: UnitDemand): boolean =>
    fitsOnce(free, unit.each) &&
    admits(node, unit) &&
    volumesThatFit(node, unit, usedSegments) >= 1;
  const scoreOf = (node: IndexedNode, free: Vector, unit: UnitDemand): number =>
    scorer(free === node.free ? node : { ...node, free }, unit.each);

  /** The best node for one replica; nodes come by name, so the first of equals is kept. */
  const bestFor = (unit: UnitDemand, nodes: readonly IndexedNode[]): IndexedNode | undefined => {
    let best: IndexedNode | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const node of nodes) {
      const free = freeOn(node);
      if (!canTake(node, free, unit)) continue;
      const score = scoreOf(node, free, unit);
      if (best !== undefined && score >= least) continue;
      best = node;
      least = score;
    }
    budget.visits -= nodes.length;
    return best;
  };

  const roomsFor = (unit: UnitDemand, nodes: readonly IndexedNode[]): Room[] => {
    const rooms: Room[] = [];
    for (const node of nodes) {
      const free = freeOn(node);
      if (!canTake(node, free, unit)) continue;
      const fits = Math.min(
        replicasThatFit(free, unit.each),
        volumesThatFit(node, unit, usedSegments),
      );
      rooms.push({ node, free, fits, score: scoreOf(node, free, unit) });
    }
    budget.visits -= nodes.length;
    return rooms;
  };

  const putOn = (unit: UnitDemand, position: number, node: IndexedNode, count: number): void => {
    setFree(node, take(freeOn(node), unit.each, count));
    useSegments(unit, node, count);
    shares.push({ unit: position, node, count });
  };
  const takeBack = (unit: UnitDemand, node: IndexedNode, free: Vector): void => {
    const share = shares.pop();
    useSegments(unit, node, -(share?.count ?? 0));
    setFree(node, free);
  };
  const accept = (): boolean => {
    if (bindsForCertain(units, shares)) return true;
    tally.uncertain += 1;
    budget.visits -= UNCERTAIN_VISITS;
    return false;
  };

  const placeUnit = (step: number): boolean => {
    const position = order[step];
    const unit = position === undefined ? undefined : units[position];
    if (position === undefined || unit === undefined) return accept();
    const nodes = assignment[position]?.nodes ?? index.nodes;
    // Most units have one replica and most first choices are right: no list is made for them.
    const tried = unit.count === 1 ? bestFor(unit, nodes) : undefined;
    if (tried !== undefined) {
      const free = freeOn(tried);
      putOn(unit, position, tried, 1);
      if (placeUnit(step + 1)) return true;
      takeBack(unit, tried, free);
    } else if (unit.count === 1) return false;
    const rooms = roomsFor(unit, nodes);
    const total = rooms.reduce((sum, r) => sum + r.fits, 0);
    const on = { step, position, unit, rooms };
    if (tried === undefined) return spread(on, 0, unit.count, total);
    rankFrom(rooms, 0);
    return spread(on, 1, 1, total - (rooms[0]?.fits ?? 0));
  };

  /** Places `left` replicas on rooms from `at` on, which together have room for `room`; then the next unit. */
  const spread = (
    on: { step: number; position: number; unit: UnitDemand; rooms: Room[] },
    at: number,
    left: number,
    room: number,
  ): boolean => {
    if (left === 0) return placeUnit(on.step + 1);
    if (room < left || budget.visits < 0) return false;
    if (shares.length + at > MAX_DEPTH) {
      budget.visits = -1;
      return false;
    }
    rankFrom(on.rooms, at);
    const here = on.rooms[at];
    if (here === undefined) return false;
    const after = room - here.fits;
    for (let count = Math.min(here.fits, left); count >= 0; count -= 1) {
      if (left - count > after) return false;
      if (count > 0) {
        putOn(on.unit, on.position, here.node, count);
      }
      if (spread(on, at + 1, left - count, after)) return true;
      if (count > 0) {
        takeBack(on.unit, here.node, here.free);
      }
      budget.visits -= 1;
      if (budget.visits < 0) return false;
    }
    return false;
  };

  if (placeUnit(0)) return shares;
  if (tally.uncertain > 0) return 'uncertain';
  return budget.visits < 0 ? 'limit' : 'no-fit';
};
