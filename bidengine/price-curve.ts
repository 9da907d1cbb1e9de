/** How full the cluster is, and what its price books make of that. */
import { Big } from 'big.js';
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import { indexOf } from './node-index.js';
import type { NodeIndex } from './node-index.js';
import type { CurvePoint } from './pricing-policy.js';
import { subtract } from './quantities.js';
import type { InventorySnapshot } from './snapshot.js';

const ZERO = new Decimal('0');
const HUNDRED = new Decimal('100');

/** Per cent in use, 0 to 100; nothing at all counts as empty. */
const percentOf = (used: bigint | number, total: bigint | number): Decimal =>
  total <= 0 ? ZERO : new Decimal(String(used)).times(HUNDRED).div(new Decimal(String(total)));

const ofModels = new WeakMap<NodeIndex, ReadonlyMap<string, readonly [number, number]>>();

/** GPUs in use and in all, by model. */
const gpusByModel = (index: NodeIndex): ReadonlyMap<string, readonly [number, number]> => {
  let known = ofModels.get(index);
  if (known === undefined) {
    known = new Map(
      index.models.map(({ key, nodes }) => {
        const total = nodes.reduce((sum, n) => sum + n.gpusTotal, 0);
        const free = nodes.reduce((sum, n) => sum + n.free.gpus, 0);
        return [key, [total - free, total] as const];
      }),
    );
    ofModels.set(index, known);
  }
  return known;
};

/** Of the GPUs of one model that are for sale, how many per cent are taken. */
export const modelUtilisation = (snapshot: InventorySnapshot, gpu: GpuModel): Decimal =>
  percentOf(...(gpusByModel(indexOf(snapshot)).get(formatGpu(gpu)) ?? [0, 0]));

/** Of all GPUs for sale. */
export const gpuUtilisation = (snapshot: InventorySnapshot): Decimal => {
  const models = [...gpusByModel(indexOf(snapshot)).values()];
  const sum = (part: 0 | 1): number => models.reduce((total, m) => total + m[part], 0);
  return percentOf(sum(0), sum(1));
};

/** Of the processors or the memory of every node for sale. */
export const nodeUtilisation = (
  snapshot: InventorySnapshot,
  dimension: 'milliCpu' | 'memoryBytes',
): Decimal => {
  let used = 0n;
  let total = 0n;
  for (const { unsellable, allocatable, allocated } of snapshot.nodes) {
    if (unsellable.length > 0) continue;
    total += allocatable[dimension];
    used += allocatable[dimension] - subtract(allocatable, allocated)[dimension];
  }
  return percentOf(used, total);
};

/** Places of a multiplier read off a curve: a part in 10^12, and short enough to count with. */
const MULTIPLIER_PLACES = 12;

/** The curve at `percent`: straight between its points (to 12 places), level before the first and after the last. */
export const onCurve = (points: readonly CurvePoint[], percent: Decimal): Decimal => {
  let below: CurvePoint | undefined;
  for (const point of points) {
    if (point.percent.gte(percent)) {
      if (below === undefined || point.percent.eq(percent)) return point.multiplier;
      const run = point.percent.minus(below.percent);
      const rise = point.multiplier.minus(below.multiplier);
      const exact = below.multiplier.plus(rise.times(percent.minus(below.percent)).div(run));
      return exact.round(MULTIPLIER_PLACES, Big.roundHalfUp);
    }
    below = point;
  }
  return below?.multiplier ?? new Decimal('1');
};
