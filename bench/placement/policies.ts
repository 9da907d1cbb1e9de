/** The policies that are compared: two plain ones that know nodes only, and Berth's own. */
import { place } from '../../bidengine/placement.js';
import type { PlacementOptions } from '../../bidengine/placement.js';
import { fitsOnce } from '../../bidengine/fit.js';
import { demandsOf } from '../../bidengine/demand.js';
import { indexOf } from '../../bidengine/node-index.js';
import type { IndexedNode } from '../../bidengine/node-index.js';
import { DEFAULT_PLACEMENT_POLICY, PLACEMENT_POLICIES } from '../../bidengine/placement-policy.js';
import type { PlacementPolicyName } from '../../bidengine/placement-policy.js';
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

/** A policy of the operator's configuration; `worth` is what it takes a model to be worth. */
const ours =
  (name: PlacementPolicyName, worth: (model: string) => number = usdPerHour): Policy['place'] =>
  (group, snapshot) => {
    const options: PlacementOptions = {
      ...PLACEMENT_POLICIES[name],
      worth: ({ model }) => new Decimal(String(worth(model))),
    };
    const placed = place(group, snapshot, options);
    return placed.ok ? placed.placement : (placed.reasons[0]?.code ?? 'Unknown');
  };

/** First-fit is what the others are measured by. */
export const FIRST_FIT: Policy = { name: 'first-fit by name (Akash)', place: byNode(() => 0) };

/** What an operator gets who configures nothing. */
export const DEFAULT: Policy = {
  name: `\`${DEFAULT_PLACEMENT_POLICY}\` (the default)`,
  place: ours(DEFAULT_PLACEMENT_POLICY),
};

export const POLICIES: readonly Policy[] = [
  FIRST_FIT,
  { name: 'best-fit on GPUs', place: byNode((node, gpus) => node.free.gpus - gpus) },
  {
    name: 'spread (most free GPUs)',
    place: byNode((node, gpus) => (gpus === 0 ? node.free.gpus : -node.free.gpus)),
  },
  DEFAULT,
  { name: '`lowestPrice`', place: ours('lowestPrice') },
  { name: '`firstFit`', place: ours('firstFit') },
  { name: '`pressureOfUse`, all models worth the same', place: ours('pressureOfUse', () => 1) },
];
