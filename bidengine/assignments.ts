/** Which GPU model each unit gets: the combinations, the cheapest first. */
import { gpuSatisfiesAny } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import type { UnitDemand } from './demand.js';
import type { ModelNodes, NodeIndex } from './node-index.js';

/**
 * What a whole GPU of a model is worth per hour to a replica of a unit, `undefined` when it may not be sold. An order that leaves the
 * choice open gets the least valuable model that fits, so that scarce ones stay free for those who need them, and the
 * price is the lowest that any placement would have.
 */
export type ModelWorth = (model: GpuModel, unit: UnitDemand) => Decimal | undefined;

/**
 * How much dearer than its price a model is to give away because little of it is free, at least 1. Multiplies the worth when
 * models are ranked and nothing else: prices do not know of it.
 */
export type Pressure = (nodes: ModelNodes) => number;

/** Price alone ranks: an open order gets the cheapest model, so its bid is the lowest that can be made. */
export const noPressure: Pressure = () => 1;

const MOST_PRESSURE = 1_000;

const shares = new WeakMap<ModelNodes, number>();

const freeShare = (group: ModelNodes): number => {
  let share = shares.get(group);
  if (share === undefined) {
    const sum = (of: (n: ModelNodes['nodes'][number]) => number): number =>
      group.nodes.reduce((total, n) => total + of(n), 0);
    share =
      sum((n) => n.free.gpus) /
      Math.max(
        1,
        sum((n) => n.gpusTotal),
      );
    shares.set(group, share);
  }
  return share;
};

/**
 * The inverse of the share that is free. Orders that name a model then still find it: open ones go where most is free, even
 * when that model is dearer. Earns more where orders pay the same wherever they run; where the lowest bid wins, a higher
 * price for an open order may cost the lease.
 */
export const pressureOfUse: Pressure = (group) => Math.min(MOST_PRESSURE, 1 / freeShare(group));

/** One acceptable model of a unit with what it costs the whole unit. */
interface Option {
  readonly nodes: ModelNodes;
  readonly cost: Decimal;
}

const underPressure = ({ nodes, cost }: Option, pressure: Pressure): Option => {
  const factor = pressure(nodes);
  return factor === 1
    ? { nodes, cost }
    : { nodes, cost: cost.times(new Decimal(factor.toFixed(6))) };
};

/** Per unit the models it may get, the cheapest first; `undefined` for units without GPUs. */
export type UnitOptions = readonly (readonly Option[] | undefined)[];

/** One model per unit, in the order of the units; `undefined` for units without GPUs. */
export type Assignment = readonly (ModelNodes | undefined)[];

/** The models that `index` has for each unit and that `worth` allows. */
export const optionsOf = (
  units: readonly UnitDemand[],
  index: NodeIndex,
  worth: ModelWorth,
  pressure: Pressure = noPressure,
): UnitOptions =>
  units.map((unit) => {
    if (unit.gpus.length === 0) return undefined;
    const options: Option[] = [];
    for (const nodes of index.models) {
      if (!gpuSatisfiesAny(nodes.model, unit.gpus)) continue;
      const each = worth(nodes.model, unit);
      if (each === undefined) continue;
      const gpus = String(unit.exact.gpus * BigInt(unit.count));
      options.push({ nodes, cost: each.times(new Decimal(gpus)) });
    }
    if (options.length < 2) return options;
    return options.map((o) => underPressure(o, pressure)).sort((a, b) => a.cost.cmp(b.cost));
  });

interface Combination {
  readonly choice: readonly number[];
  readonly cost: Decimal;
  /** Only positions from here on may still be raised, so that no combination comes twice. */
  readonly from: number;
}

const costOf = (options: UnitOptions, choice: readonly number[]): Decimal =>
  choice.reduce(
    (sum, c, unit) => sum.plus(options[unit]?.[c]?.cost ?? new Decimal('0')),
    new Decimal('0'),
  );

/** Combinations tried at most: every one of three units over six models, and a bound on the time a hostile order takes. */
export const MOST_ASSIGNMENTS = 256;

const insertByCost = (open: Combination[], next: Combination): void => {
  const at = open.findIndex((c) => c.cost.gt(next.cost));
  open.splice(at < 0 ? open.length : at, 0, next);
};

/**
 * The combinations of the options in order of total cost, at most {@link MOST_ASSIGNMENTS} of them; none when a unit has
 * no option. Returns whether all were given.
 */
export function* assignments(options: UnitOptions): Generator<Assignment, boolean, undefined> {
  if (options.some((o) => o?.length === 0)) return true;
  const first = options.map(() => 0);
  const open: Combination[] = [{ choice: first, cost: costOf(options, first), from: 0 }];
  for (let given = 0; given < MOST_ASSIGNMENTS; given += 1) {
    const current = open.shift();
    if (current === undefined) return true;
    yield current.choice.map((c, unit) => options[unit]?.[c]?.nodes);
    for (let unit = current.from; unit < options.length; unit += 1) {
      const raised = (current.choice[unit] ?? 0) + 1;
      if (raised >= (options[unit]?.length ?? 0)) continue;
      const choice = current.choice.with(unit, raised);
      insertByCost(open, { choice, cost: costOf(options, choice), from: unit });
    }
  }
  return open.length === 0;
}
