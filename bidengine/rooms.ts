/** Rooms of a unit in the order in which they are tried. */
import type { IndexedNode } from './node-index.js';
import type { Vector } from './scorer.js';

/** A node that can take replicas of a unit, at the moment it was looked at. */
export interface Room {
  readonly node: IndexedNode;
  readonly free: Vector;
  /** Replicas that fit, at least 1. */
  readonly fits: number;
  /** The scorer's; lower is better. */
  readonly score: number;
}

const better = (a: Room, b: Room): number =>
  a.score - b.score || (a.node.node < b.node.node ? -1 : 1);

/** Ranks in place from `at` on, so far as needed: one minimum is found by looking once, more by sorting. */
export const rankFrom = (rooms: Room[], at: number): void => {
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
