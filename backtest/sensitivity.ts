/** How a synthetic result hangs on what was assumed: one assumption changed at a time. */
import type { DescribedCluster } from './cluster.js';
import { compare } from './compare.js';
import type { Comparison } from './compare.js';
import { OPENB_SIZES } from './demand-shapes.js';
import type { ReplayOptions } from './replay.js';
import { syntheticScenario } from './synthetic.js';
import type { SyntheticModel } from './synthetic.js';

export interface SensitivityRow {
  /** What differs from the model, in words; `as stated` for none. */
  readonly change: string;
  readonly comparison: Comparison;
}

/** The changes that are tried. */
export const variations = (
  model: SyntheticModel,
): readonly { readonly change: string; readonly model: SyntheticModel }[] => [
  { change: 'as stated', model },
  { change: 'another seed', model: { ...model, seed: model.seed + 1 } },
  ...[50, 200].map((loadPercent) => ({
    change: `${loadPercent} % load`,
    model: { ...model, loadPercent },
  })),
  ...[80, 120].map((rivalLevelPercent) => ({
    change: `rivals at ${rivalLevelPercent} %`,
    model: { ...model, rivalLevelPercent },
  })),
  ...[0.5, 5].map((rivals) => ({ change: `${rivals} rivals`, model: { ...model, rivals } })),
  { change: 'spread 40 %', model: { ...model, rivalSpreadPercent: 40 } },
  { change: `sizes "${OPENB_SIZES.name}"`, model: { ...model, sizes: OPENB_SIZES } },
  { change: 'durations x 4', model: { ...model, stretch: model.stretch * 4 } },
];

/** @throws NoReferenceError */
export const sensitivity = (
  model: SyntheticModel,
  cluster: DescribedCluster,
  policies: readonly ReplayOptions[],
): readonly SensitivityRow[] =>
  variations(model).map(({ change, model: varied }) => ({
    change,
    comparison: compare(syntheticScenario(varied, cluster), cluster, policies),
  }));
