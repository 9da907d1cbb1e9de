/** The policies that are compared: two plain ones that know nodes only, and Berth's own. */
import { noPressure, pressureOfUse } from '../../bidengine/assignments.js';
import type { Pressure } from '../../bidengine/assignments.js';
import { place } from '../../bidengine/placement.js';
import type { PlacementOptions } from '../../bidengine/placement.js';
import { fitsOnce } from '../../bidengine/fit.js';
import { demandsOf } from '../../bidengine/demand.js';
import { indexOf } from '../../bidengine/node-index.js';
import type { IndexedNode } from '../../bidengine/node-index.js';
import { keepWholeNodesWhole } from '../../bidengine/scorer.js';
import type { InventorySnapshot } from '../../bidengine/snapshot.js';
import type { Placement } from '../../bidengine/input.js';
import { gpuSatisfiesAny } from '../../market/gpu.js';
import { Decimal } from '../../market/money.js';
import type { GroupSpec } from '../../market/resources.js';
import { usdPerHour } from './worth.js';

export type Outcome = Placement | string;

export interface Policy {
  readonly name: string;
  /** The placement, or the reason code. */
  readonly place: (group: GroupSpec, snapshot: InventorySnapshot) => Outcome;
}

/** One node for a task of one replica, the least by `score`; ties by name. */
const byNode =
  (score: (node: IndexedNode, gpus: number) => number): Policy['place'] =>
  (group, snapshot) => {
    const [unit] = demandsOf(group);
    if (unit === undefined) return 'InvalidOrder';
    let best: IndexedNode | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const node of indexOf(snapshot).nodes) {
      if (!fitsOnce(node.free, unit.each)) continue;
      if (unit.gpus.length > 0 && !(node.model && gpuSatisfiesAny(node.model, unit.gpus))) continue;
      const value = score(node, unit.each.gpus);
      if (best !== undefined && value >= least) continue;
      best = node;
      least = value;
    }
    if (best === undefined) return 'NoNode';
    const { node, model } = best;
    return [{ unitId: unit.unitId, replica: 0, node, gpus: unit.exact.gpus, model }];
  };

const ours =
  (worth: (model: string) => number, pressure: Pressure = noPressure): Policy['place'] =>
  (group, snapshot) => {
    const options: PlacementOptions = {
      ...{ scorer: keepWholeNodesWhole, pressure },
      worth: ({ model }) => new Decimal(String(worth(model))),
    };
    const placed = place(group, snapshot, options);
    return placed.ok ? placed.placement : (placed.reasons[0]?.code ?? 'Unknown');
  };

export const POLICIES: readonly Policy[] = [
  { name: 'first-fit by name (Akash)', place: byNode(() => 0) },
  { name: 'best-fit on GPUs', place: byNode((node, gpus) => node.free.gpus - gpus) },
  {
    name: 'spread (most free GPUs)',
    place: byNode((node, gpus) => (gpus === 0 ? node.free.gpus : -node.free.gpus)),
  },
  { name: 'berth: whole nodes kept, models alike', place: ours(() => 1) },
  { name: 'berth: whole nodes and dear models kept', place: ours(usdPerHour) },
  {
    name: 'berth: whole nodes and scarce models kept',
    place: ours(usdPerHour, pressureOfUse),
  },
];
