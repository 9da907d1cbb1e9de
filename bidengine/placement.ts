/** Whole-GPU placement of a whole group on a snapshot: every replica or none, one GPU model per unit. */
import type { GpuModel } from '../market/gpu.js';
import type { Reason } from '../market/reasons.js';
import type { GroupSpec } from '../market/resources.js';
import { assignments, optionsOf } from './assignments.js';
import type { Assignment, ModelWorth } from './assignments.js';
import { demandOf } from './demand.js';
import type { UnitDemand } from './demand.js';
import type { PlacedReplica, Placement } from './input.js';
import { indexOf } from './node-index.js';
import type { NodeIndex } from './node-index.js';
import { storageShortfall } from './persistent-storage.js';
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
  readonly allowUnknownStorage: boolean;
}

export type PlacementResult =
  | {
      readonly ok: true;
      readonly placement: Placement;
      /** By unit id; units without GPUs are not in it. */
      readonly models: ReadonlyMap<number, GpuModel>;
    }
  | { readonly ok: false; readonly reasons: readonly Reason[] };

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
      .flatMap((s) => Array.from({ length: s.count }, () => s.node.node));
    return nodes.map((node, replica): PlacedReplica => {
      const placed = { unitId: unit.unitId, replica, node, gpus: unit.exact.gpus };
      return model === undefined ? placed : { ...placed, model };
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

/**
 * Places `group`, with the least valuable GPU models that fit. Deterministic; equal snapshots give equal placements.
 * @throws GpuAttributeError when a GPU attribute has an unknown form (checked before by `checks/order-sound.ts`)
 */
export const place = (
  group: GroupSpec,
  snapshot: InventorySnapshot,
  { worth, scorer, allowUnknownStorage }: PlacementOptions,
): PlacementResult => {
  const index = indexOf(snapshot);
  const units = group.units.map(demandOf);
  const noStorage = storageShortfall(units, snapshot, allowUnknownStorage);
  const budget = { visits: SEARCH_VISITS };
  if (noStorage.length === 0) {
    for (const assignment of assignments(optionsOf(units, index, worth))) {
      const found = search(units, assignment, index, scorer, budget);
      if (found === 'limit') break;
      if (found === 'no-fit') continue;
      return {
        ok: true,
        placement: toPlacement(units, assignment, found),
        models: modelsOf(units, assignment),
      };
    }
  }
  const reasons = [...shortfalls(units, index), ...noStorage];
  if (reasons.length > 0) return { ok: false, reasons };
  const together =
    budget.visits < 0
      ? reason(
          'PlacementSearchLimit',
          `no placement was found in ${SEARCH_VISITS} steps`,
          'order.spec.units',
        )
      : reason(
          'UnitsDoNotFitTogether',
          'each unit fits alone, but not all of them at once',
          'order.spec.units',
        );
  return { ok: false, reasons: [together] };
};
