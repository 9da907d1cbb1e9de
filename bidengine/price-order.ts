/** A price book as one order meets it: scarcity by what the order could do without, and the tenant's discount. */
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import type { UnitDemand } from './demand.js';
import { indexOf } from './node-index.js';
import { atLeastCost, bookOf, withFactors } from './price-book.js';
import type { PriceBook, PricedGpu, PricedRate, PriceFactor } from './price-book.js';
import { scarcityFactor, scarcityStep } from './price-scarcity.js';
import type { PricingPolicy, Scarcity } from './pricing-policy.js';
import type { MarketInput } from './strategy.js';

const HUNDRED = new Decimal('100');
const PER_CENT = new Decimal('0.01');

/** Rates of a book repeat from order to order, and discounts from tenant to tenant. */
const discounted = new WeakMap<PricedRate, Map<Decimal, PricedRate>>();

type Step = Scarcity['steps'][number] | undefined;

/** @see {@link PriceBook}, which holds what does not depend on the order */
export class OrderPrices {
  readonly policy: PricingPolicy;
  readonly #book: PriceBook;
  readonly #market: MarketInput;
  readonly #units: readonly UnitDemand[];
  readonly #percent: Decimal | undefined;
  readonly #discount: readonly PriceFactor[];
  readonly #steps = new Map<string, Step>();
  readonly #gpus = new Map<string, PricedGpu>();

  constructor(policy: PricingPolicy, market: MarketInput, units: readonly UnitDemand[]) {
    this.policy = policy;
    this.#book = bookOf(policy, market.snapshot, market.nowMs);
    this.#market = market;
    this.#units = units;
    const percent = policy.tenants.discounts?.get(market.order.id.owner);
    this.#percent = percent;
    this.#discount =
      percent === undefined
        ? []
        : [
            {
              why: `discount of ${percent.toFixed()} % for this tenant`,
              multiplier: HUNDRED.minus(percent).times(PER_CENT),
            },
          ];
  }

  /** One GPU of a replica that has `gpus` of them, never below cost; `undefined` without a rate. */
  gpu(model: GpuModel, gpus: number): PricedGpu | undefined {
    const base = this.#book.gpu(model);
    if (base === undefined) return undefined;
    const scarcity = this.#scarcity(model, gpus);
    if (scarcity.length === 0 && this.#discount.length === 0) return base.sold;
    const key = `${gpus} ${formatGpu(model)}`;
    let priced = this.#gpus.get(key);
    if (priced === undefined) {
      const changes = [...scarcity, ...this.#discount];
      const { usdPerHour, factors } = withFactors(base.usdPerHour, changes);
      priced = atLeastCost({ usdPerHour, factors: [...base.factors, ...factors], cost: base.cost });
      this.#gpus.set(key, priced);
    }
    return priced;
  }

  rate(usdPerHour: Decimal, curve?: 'cpu' | 'memory'): PricedRate {
    const base = this.#book.rate(usdPerHour, curve);
    const percent = this.#percent;
    if (percent === undefined) return base;
    let known = discounted.get(base);
    if (known === undefined) discounted.set(base, (known = new Map<Decimal, PricedRate>()));
    let priced = known.get(percent);
    if (priced === undefined) {
      const { usdPerHour: less, factors } = withFactors(base.usdPerHour, this.#discount);
      priced = { usdPerHour: less, factors: [...base.factors, ...factors] };
      known.set(percent, priced);
    }
    return priced;
  }

  #scarcity(model: GpuModel, gpus: number): readonly PriceFactor[] {
    const { scarcity } = this.policy;
    if (scarcity === undefined || gpus >= scarcity.nodeGpus) return [];
    const key = formatGpu(model);
    if (!this.#steps.has(key)) {
      const nodes = indexOf(this.#market.snapshot).models.find((m) => m.key === key);
      const step = nodes === undefined ? undefined : scarcityStep(scarcity, nodes, this.#units);
      this.#steps.set(key, step);
    }
    const step = this.#steps.get(key);
    if (step === undefined) return [];
    const why = `breaks one of the last ${step.wholeNodesLeft} whole nodes of ${model.model}`;
    return [{ why, multiplier: scarcityFactor(scarcity, step, gpus) }];
  }
}
