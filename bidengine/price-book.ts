/**
 * A price book at one moment on one snapshot: every rate with the curves and windows that hold. Books, snapshots and minutes
 * repeat from order to order, so this is worked out once and kept (weakly) with the snapshot.
 */
import { Big } from 'big.js';
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import { gpuRate } from './gpu-rate.js';
import { gpuCost } from './price-costs.js';
import type { GpuHourCost } from './price-costs.js';
import { gpuUtilisation, modelUtilisation, nodeUtilisation, onCurve } from './price-curve.js';
import { windowAt } from './price-windows.js';
import type { Curve, PricingPolicy } from './pricing-policy.js';
import type { InventorySnapshot } from './snapshot.js';

/** Something that multiplied a rate, in words. */
export interface PriceFactor {
  /** `h100 62.5 % in use`, `window night`, `discount`, … */
  readonly why: string;
  /** Left out where the rate was not multiplied but replaced. */
  readonly multiplier?: Decimal | undefined;
}

/** A rate with what multiplies it. */
export interface PricedRate {
  readonly usdPerHour: Decimal;
  readonly factors: readonly PriceFactor[];
}

/** One whole GPU. */
export interface PricedGpu extends PricedRate {
  /** Below this it is never sold. */
  readonly cost: GpuHourCost | undefined;
}

/** One whole GPU, scarcity and discounts aside; `sold` is raised to its cost where that is higher. */
export interface BookedGpu extends PricedGpu {
  readonly sold: PricedGpu;
}

const ONE = new Decimal('1');
/** Places of a multiplied rate: what the chain keeps of a price. */
const RATE_PLACES = 18;
const MINUTE_MS = 60_000;

/** A rate times its factors; those of 1 say nothing and are left out. */
export const withFactors = (usdPerHour: Decimal, factors: readonly PriceFactor[]): PricedRate => {
  const telling = factors.filter((f) => f.multiplier?.eq(ONE) === false);
  return {
    usdPerHour:
      telling.length === 0
        ? usdPerHour
        : telling
            .reduce((usd, f) => usd.times(f.multiplier ?? ONE), usdPerHour)
            .round(RATE_PLACES, Big.roundHalfUp),
    factors: telling,
  };
};

/** The same GPU, priced at its cost where it would have been cheaper. */
export const atLeastCost = ({ cost, usdPerHour, factors }: PricedGpu): PricedGpu => {
  if (cost === undefined || usdPerHour.gte(cost.usdPerHour)) return { cost, usdPerHour, factors };
  const why = `raised from ${usdPerHour.toFixed(6)} USD to what the GPU costs: ${cost.powerUsd.toFixed(6)} for power, ${cost.wearUsd.toFixed(6)} for wear`;
  return { cost, usdPerHour: cost.usdPerHour, factors: [...factors, { why }] };
};

export class PriceBook {
  readonly policy: PricingPolicy;
  readonly minute: number;
  readonly #snapshot: InventorySnapshot;
  readonly #window: readonly PriceFactor[];
  readonly #gpus = new Map<string, BookedGpu | undefined>();
  readonly #rates = {
    cpu: new Map<Decimal, PricedRate>(),
    memory: new Map<Decimal, PricedRate>(),
    none: new Map<Decimal, PricedRate>(),
  };
  readonly #curves = new Map<Curve, readonly PriceFactor[]>();

  constructor(policy: PricingPolicy, snapshot: InventorySnapshot, nowMs: number) {
    this.policy = policy;
    this.minute = Math.floor(nowMs / MINUTE_MS);
    this.#snapshot = snapshot;
    const window = windowAt(policy.timeWindows ?? [], nowMs);
    this.#window =
      window === undefined
        ? []
        : [{ why: `time window ${window.name}`, multiplier: window.multiplier }];
  }

  /** One GPU of `model`, `undefined` when the book has no rate for it. */
  gpu(model: GpuModel): BookedGpu | undefined {
    const key = formatGpu(model);
    if (!this.#gpus.has(key)) this.#gpus.set(key, this.#priceGpu(model));
    return this.#gpus.get(key);
  }

  /** A rate that follows `curve`, or none. */
  rate(usdPerHour: Decimal, curve: 'cpu' | 'memory' | 'none' = 'none'): PricedRate {
    let priced = this.#rates[curve].get(usdPerHour);
    if (priced === undefined) {
      const curved = curve === 'none' ? [] : this.#curve(curve);
      priced = withFactors(usdPerHour, [...curved, ...this.#window]);
      this.#rates[curve].set(usdPerHour, priced);
    }
    return priced;
  }

  #priceGpu(model: GpuModel): BookedGpu | undefined {
    const rate = gpuRate(this.policy, model);
    if (rate === undefined) return undefined;
    const { utilisation, costs } = this.policy;
    const factors = [...this.#curve('gpu'), ...this.#window];
    if (utilisation?.gpuModel !== undefined) {
      const percent = modelUtilisation(this.#snapshot, model);
      const why = `${percent.toFixed(1)} % of ${model.model} in use`;
      factors.unshift({ why, multiplier: onCurve(utilisation.gpuModel, percent) });
    }
    const cost = costs === undefined ? undefined : gpuCost(costs, model);
    const base = { ...withFactors(rate, factors), cost };
    return { ...base, sold: atLeastCost(base) };
  }

  #curve(curve: 'gpu' | 'cpu' | 'memory'): readonly PriceFactor[] {
    const points = this.policy.utilisation?.[curve];
    if (points === undefined) return [];
    let factors = this.#curves.get(curve);
    if (factors === undefined) {
      const percent =
        curve === 'gpu'
          ? gpuUtilisation(this.#snapshot)
          : nodeUtilisation(this.#snapshot, curve === 'cpu' ? 'milliCpu' : 'memoryBytes');
      const what = { gpu: 'all GPUs', cpu: 'all CPUs', memory: 'all memory' }[curve];
      const why = `${percent.toFixed(1)} % of ${what} in use`;
      factors = [{ why, multiplier: onCurve(points, percent) }];
      this.#curves.set(curve, factors);
    }
    return factors;
  }
}

const books = new WeakMap<InventorySnapshot, Map<PricingPolicy, PriceBook>>();

/** The book of `policy` as it is on `snapshot` at `nowMs`, to the minute. */
export const bookOf = (
  policy: PricingPolicy,
  snapshot: InventorySnapshot,
  nowMs: number,
): PriceBook => {
  let known = books.get(snapshot);
  if (known === undefined) books.set(snapshot, (known = new Map<PricingPolicy, PriceBook>()));
  let book = known.get(policy);
  if (book?.minute !== Math.floor(nowMs / MINUTE_MS)) {
    book = new PriceBook(policy, snapshot, nowMs);
    known.set(policy, book);
  }
  return book;
};
