/**
 * Finds room for a whole group at once or proves that there is none: depth first over the units, the largest first; within
 * a unit, over the nodes in the scorer's order, as many replicas as fit. When a later unit does not fit, the choices of the
 * earlier ones are taken back. Complete within its limit of node visits, which bounds the time a hostile order can take.
 */
import type { Assignment } from './assignments.js';
import type { UnitDemand } from './demand.js';
import { mountsAll, replicasThatFit, take } from './fit.js';
import type { IndexedNode, NodeIndex } from './node-index.js';
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

/** Nested choices at most: far more than a group of the chain's largest size needs, far less than the stack has. */
const MAX_DEPTH = 4_000;

export type SearchResult = readonly Share[] | 'no-fit' | 'limit';

interface Room {
  readonly node: IndexedNode;
  readonly free: Vector;
  readonly fits: number;
  readonly score: number;
}

const better = (a: Room, b: Room): number =>
  a.score - b.score || (a.node.node < b.node.node ? -1 : 1);

/** Ranks in place from `at` on, so far as needed: one minimum is found by looking once, more by sorting. */
const rankFrom = (rooms: Room[], at: number): void => {
  if (at > 0) {
    if (at === 1) rooms.splice(1, rooms.length, ...rooms.slice(1).sort(better));
    return;
  }
  let best = 0;
  for (let i = 1; i < rooms.length; i += 1) {
    const room = rooms[i];
    const leader = rooms[best];
    if (room !== undefined && leader !== undefined && better(room, leader) < 0) best = i;
  }
  const [winner] = rooms.splice(best, 1);
  if (winner !== undefined) rooms.unshift(winner);
};

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
  const shares: Share[] = [];

  const roomsFor = (unit: UnitDemand, nodes: readonly IndexedNode[]): Room[] => {
    const rooms: Room[] = [];
    for (const node of nodes) {
      const free = used.size === 0 ? node.free : (used.get(node) ?? node.free);
      const fits = replicasThatFit(free, unit.each);
      if (fits === 0 || !mountsAll(node, unit)) continue;
      const score = scorer(free === node.free ? node : { ...node, free }, unit.each);
      rooms.push({ node, free, fits, score });
    }
    budget.visits -= nodes.length;
    return rooms;
  };

  const placeUnit = (step: number): boolean => {
    const position = order[step];
    if (position === undefined) return true;
    const unit = units[position];
    if (unit === undefined) return true;
    const rooms = roomsFor(unit, assignment[position]?.nodes ?? index.nodes);
    const total = rooms.reduce((sum, r) => sum + r.fits, 0);
    return spread({ step, position, unit, rooms }, 0, unit.count, total);
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
        used.set(here.node, take(here.free, on.unit.each, count));
        shares.push({ unit: on.position, node: here.node, count });
      }
      if (spread(on, at + 1, left - count, after)) return true;
      if (count > 0) {
        shares.pop();
        used.set(here.node, here.free);
      }
      budget.visits -= 1;
      if (budget.visits < 0) return false;
    }
    return false;
  };

  if (placeUnit(0)) return shares;
  return budget.visits < 0 ? 'limit' : 'no-fit';
};
