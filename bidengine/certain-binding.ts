/**
 * Whether the scheduler binds a placement in whatever order it takes the pods. Pods are told which nodes they may use (those
 * of their unit's replicas), not how many go on each: replicas of one unit stand for each other, those of two units do not.
 * One that may go elsewhere can take the room that another has nowhere else.
 */
import type { UnitDemand } from './demand.js';
import { replicasThatFit, segmentKey, volumesThatFit } from './fit.js';
import type { IndexedNode } from './node-index.js';
import type { Vector } from './scorer.js';
import type { Share } from './search.js';

/** How one unit uses what several replicas may compete for. */
interface Use {
  /** Replicas at most, in any order of binding. */
  readonly most: number;
  /** Whether exactly so many come, however the scheduler chooses. */
  readonly certain: boolean;
}

/** Nodes that pods of a unit may use, each machine once. */
const machineOf = (node: IndexedNode): IndexedNode => node.machine ?? node;

/** One unit alone competes with nobody; several that all have to be here were counted by the search. */
const isContended = (uses: ReadonlyMap<number, Use>): boolean =>
  uses.size > 1 && [...uses.values()].some((u) => !u.certain);

const usesOf = (
  shares: readonly Share[],
  units: readonly UnitDemand[],
  isHere: (node: IndexedNode) => boolean,
): ReadonlyMap<number, Use> => {
  const uses = new Map<number, Use>();
  for (const [position, unit] of units.entries()) {
    const own = shares.filter((s) => s.unit === position);
    const here = own.filter((s) => isHere(s.node));
    if (here.length === 0) continue;
    const certain = here.length === own.length;
    const room = new Map(
      here.map(({ node }) => [
        node,
        Math.min(replicasThatFit(node.free, unit.each), volumesThatFit(node, unit)),
      ]),
    );
    const most = [...room.values()].reduce((sum, fits) => sum + fits, 0);
    uses.set(position, { most: certain ? unit.count : Math.min(unit.count, most), certain });
  }
  return uses;
};

const DIMENSIONS = ['milliCpu', 'memoryBytes', 'ephemeralBytes', 'pods'] as const;

const machineHolds = (
  machine: IndexedNode,
  uses: ReadonlyMap<number, Use>,
  units: readonly UnitDemand[],
  faces: ReadonlyMap<number, IndexedNode>,
): boolean => {
  const sum = (of: (each: Vector, position: number) => number): number =>
    [...uses].reduce((total, [p, use]) => {
      const each = units[p]?.each;
      return each === undefined ? total : total + use.most * of(each, p);
    }, 0);
  if (!DIMENSIONS.every((d) => sum((each) => each[d]) <= machine.free[d])) return false;
  return [...new Set(faces.values())].every(
    (face) => sum((each, p) => (faces.get(p) === face ? each.gpus : 0)) <= face.free.gpus,
  );
};

const segmentHolds = (
  className: string,
  freeBytes: bigint,
  uses: ReadonlyMap<number, Use>,
  units: readonly UnitDemand[],
): boolean => {
  let sum = 0n;
  for (const [p, use] of uses)
    sum += (units[p]?.persistent.get(className) ?? 0n) * BigInt(use.most);
  return sum <= freeBytes;
};

const machinesHold = (units: readonly UnitDemand[], shares: readonly Share[]): boolean =>
  [...new Set(shares.map((s) => machineOf(s.node)))].every((machine) => {
    const uses = usesOf(shares, units, (node) => machineOf(node) === machine);
    if (!isContended(uses)) return true;
    const faces = new Map(
      shares.filter((s) => machineOf(s.node) === machine).map((s) => [s.unit, s.node]),
    );
    return machineHolds(machine, uses, units, faces);
  });

const segmentsHold = (units: readonly UnitDemand[], shares: readonly Share[]): boolean => {
  const segments = new Map<string, { className: string; freeBytes: bigint }>();
  for (const { node, unit } of shares)
    for (const className of units[unit]?.persistent.keys() ?? []) {
      const room = node.storageRoom?.[className];
      if (room !== undefined)
        segments.set(segmentKey(className, room), { className, freeBytes: room.freeBytes });
    }
  return [...segments].every(([key, { className, freeBytes }]) => {
    const wanting = shares.filter((s) => units[s.unit]?.persistent.has(className) ?? false);
    const uses = usesOf(wanting, units, (node) => {
      const room = node.storageRoom?.[className];
      return room !== undefined && segmentKey(className, room) === key;
    });
    return !isContended(uses) || segmentHolds(className, freeBytes, uses, units);
  });
};

/** Whether every order of binding finds room for all replicas of `shares`. */
export const bindsForCertain = (units: readonly UnitDemand[], shares: readonly Share[]): boolean =>
  units.length === 1 ||
  shares.length === units.length || // each unit on one node: nothing is left to choose
  (machinesHold(units, shares) && segmentsHold(units, shares));
