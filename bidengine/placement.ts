/** Whole-GPU placement of a whole group on a snapshot: every replica or none, one GPU model per unit. */
import type { GpuModel } from '../market/gpu.js';
import type { Reason } from '../market/reasons.js';
import type { GroupSpec } from '../market/resources.js';
import { assignments, optionsOf } from './assignments.js';
import type { Assignment, ModelWorth, Pressure, UnitOptions } from './assignments.js';
import { demandsOf } from './demand.js';
import type { UnitDemand } from './demand.js';
import type { PlacedReplica, Placement } from './input.js';
import { neighbourhoods } from './neighbourhoods.js';
import { indexOf } from './node-index.js';
import type { NodeIndex } from './node-index.js';
import { storageShortfall } from './persistent-storage.js';
import { GPU_RESOURCE } from './pod-request.js';
import { reason } from './reasons.js';
import type { Scorer } from './scorer.js';
import { search } from './search.js';
import type { Share } from './search.js';
import { acceptableModels, unitShortfall } from './shortfall.js';
import type { InventorySnapshot } from './snapshot.js';

/** Node visits that one decision may spend; a plain order on 1,000 nodes needs about a thousand. */
export const SEARCH_VISITS = 200_000;

export interface PlacementOptions {
  readonly worth: ModelWorth;
  readonly scorer: Scorer;
  /** What keeps scarce models back; default {@link noPressure}. */
  readonly pressure?: Pressure | undefined;
  /** Whether GPU replicas of one group are kept close together where there is room; default true. */
  readonly together?: boolean;
}

/** A whole group with a place. */
export interface Placed {
  readonly placement: Placement;
  /** By unit id; units without GPUs are not in it. */
  readonly models: ReadonlyMap<number, GpuModel>;
}

export type PlacementResult =
  ({ readonly ok: true } & Placed) | { readonly ok: false; readonly reasons: readonly Reason[] };

/** What stands against a group of which each unit fits alone. */
const JOINTLY = {
  limit: ['PlacementSearchLimit', 'no placement was found among those tried'],
  uncertain: [
    'PlacementUncertain',
    'there is room, but the scheduler, which binds pod by pod, could give a place that one unit needs to another unit',
  ],
  'no-fit': ['UnitsDoNotFitTogether', 'each unit fits alone, but not all of them at once'],
} as const;

/** In the order of the units, replicas numbered as the nodes were chosen. */
const toPlacement = (
  units: readonly UnitDemand[],
  assignment: Assignment,
  shares: readonly Share[],
): Placement =>
  units.flatMap((unit, position) => {
    const model = assignment[position]?.model;
    const nodes = shares
      .filter((s) => s.unit === position)
      .flatMap((s) => Array.from({ length: s.count }, () => s.node));
    return nodes.map(({ node, resource }, replica): PlacedReplica => {
      const placed = { unitId: unit.unitId, replica, node, gpus: unit.exact.gpus };
      if (model === undefined) return placed;
      return { ...placed, model, ...(resource === GPU_RESOURCE ? {} : { resource }) };
    });
  });

const modelsOf = (
  units: readonly UnitDemand[],
  assignment: Assignment,
): ReadonlyMap<number, GpuModel> => {
  const models = new Map<number, GpuModel>();
  for (const [position, unit] of units.entries()) {
    const model = assignment[position]?.model;
    if (model !== undefined) models.set(unit.unitId, model);
  }
  return models;
};

const shortfalls = (units: readonly UnitDemand[], index: NodeIndex): readonly Reason[] =>
  units.flatMap((unit) => unitShortfall(unit, acceptableModels(unit, index), index));

/** Every assignment of models that fits, the least valuable first; ends with how it ended. */
function* searchAll(
  units: readonly UnitDemand[],
  options: UnitOptions,
  index: NodeIndex,
  { scorer, together = true }: PlacementOptions,
): Generator<Placed, 'found' | 'no-fit' | 'uncertain' | 'limit', undefined> {
  const budget = { visits: SEARCH_VISITS };
  let found = false;
  let uncertain = false;
  const candidates = assignments(options);
  for (let next = candidates.next(); ; next = candidates.next()) {
    if (next.done === true && found) return 'found';
    if (next.done === true && uncertain) return 'uncertain';
    if (next.done === true) return next.value ? 'no-fit' : 'limit';
    for (const assignment of together ? neighbourhoods(units, next.value) : [next.value]) {
      const shares = search(units, assignment, index, scorer, budget);
      if (shares === 'limit') return found ? 'found' : uncertain ? 'uncertain' : 'limit';
      if (shares === 'uncertain') uncertain = true;
      if (shares === 'no-fit' || shares === 'uncertain') continue;
      found = true;
      yield {
        placement: toPlacement(units, assignment, shares),
        models: modelsOf(units, assignment),
      };
      break;
    }
  }
}

/**
 * Places `group` in every way that differs in GPU models, the least valuable first, and returns why there was none.
 * Deterministic; equal snapshots give equal placements.
 * @throws GpuAttributeError when a GPU attribute has an unknown form (checked before by `checks/order-sound.ts`)
 */
export function* placements(
  group: GroupSpec,
  snapshot: InventorySnapshot,
  placing: PlacementOptions,
): Generator<Placed, readonly Reason[], undefined> {
  const index = indexOf(snapshot);
  const units = demandsOf(group);
  const noStorage = storageShortfall(units, snapshot);
  const ended =
    noStorage.length > 0
      ? 'no-fit'
      : yield* searchAll(
          units,
          optionsOf(units, index, placing.worth, placing.pressure),
          index,
          placing,
        );
  if (ended === 'found') return [];
  const reasons = [...shortfalls(units, index), ...noStorage];
  if (reasons.length > 0) return reasons;
  const [code, message] = JOINTLY[ended];
  return [reason(code, message, 'order.spec.units')];
}

/** The first of {@link placements}. @throws GpuAttributeError likewise */
export const place = (
  group: GroupSpec,
  snapshot: InventorySnapshot,
  options: PlacementOptions,
): PlacementResult => {
  const first = placements(group, snapshot, options).next();
  return first.done === true ? { ok: false, reasons: first.value } : { ok: true, ...first.value };
};
