/**
 * Keeps the GPU replicas of a group close together where there is room: on one machine, else in one NVLink clique
 * (`nvidia.com/gpu.clique`), else in one zone, else anywhere. A preference: when nothing close fits, far is good enough.
 */
import type { Assignment } from './assignments.js';
import type { UnitDemand } from './demand.js';
import { roomFor } from './fit.js';
import type { IndexedNode } from './node-index.js';

/** What makes nodes close, the closest first; nodes without the label belong to no neighbourhood of that kind. */
const NEARNESS: readonly ((node: IndexedNode) => string | undefined)[] = [
  (node) => node.node,
  (node) => node.labels['nvidia.com/gpu.clique'],
  (node) => node.labels['topology.kubernetes.io/zone'],
];

/** Neighbourhoods of one kind that are tried at most; those that can hold the group hardly ever fail. */
const MOST_PER_KIND = 4;

interface Neighbourhood {
  readonly name: string;
  /** Replicas that find room, by position of the unit. */
  readonly room: Map<number, number>;
  freeGpus: number;
}

const gather = (
  units: readonly UnitDemand[],
  assignment: Assignment,
  keyOf: (node: IndexedNode) => string | undefined,
): readonly Neighbourhood[] => {
  const found = new Map<string, Neighbourhood>();
  for (const [position, unit] of units.entries()) {
    for (const node of assignment[position]?.nodes ?? []) {
      const room = roomFor(node, unit);
      if (room === 0) continue;
      const name = keyOf(node);
      if (name === undefined) continue;
      const place = found.get(name) ?? { name, room: new Map<number, number>(), freeGpus: 0 };
      found.set(name, place);
      const before = place.room.get(position) ?? 0;
      place.room.set(position, before + room);
      place.freeGpus += node.free.gpus;
    }
  }
  return [...found.values()];
};

/**
 * `assignment` narrowed to one neighbourhood after the other, the closest and tightest first, and at last as it is. Each has
 * room for every GPU unit by itself; whether for all of them together is for the search to find out.
 */
export function* neighbourhoods(
  units: readonly UnitDemand[],
  assignment: Assignment,
): Generator<Assignment, void, undefined> {
  const withGpus = units.flatMap((u, position) => (u.gpus.length > 0 ? [position] : []));
  const replicas = withGpus.reduce((sum, p) => sum + (units[p]?.count ?? 0), 0);
  if (replicas > 1) {
    for (const keyOf of NEARNESS) {
      const able = gather(units, assignment, keyOf)
        .filter(({ room }) => withGpus.every((p) => (room.get(p) ?? 0) >= (units[p]?.count ?? 0)))
        .sort((a, b) => a.freeGpus - b.freeGpus || (a.name < b.name ? -1 : 1));
      for (const { name } of able.slice(0, MOST_PER_KIND)) {
        yield assignment.map(
          (chosen) => chosen && { ...chosen, nodes: chosen.nodes.filter((n) => keyOf(n) === name) },
        );
      }
    }
  }
  yield assignment;
}
