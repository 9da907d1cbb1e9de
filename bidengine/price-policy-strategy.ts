/** Price books as a strategy: the book that applies to what was placed names the price. */
import type { GpuModel } from '../market/gpu.js';
import type { Decimal } from '../market/money.js';
import type { Reason } from '../market/reasons.js';
import { demandsOf } from './demand.js';
import type { UnitDemand } from './demand.js';
import { OrderPrices } from './price-order.js';
import { policyFor } from './price-select.js';
import { quote } from './pricing.js';
import type { PricingPolicy } from './pricing-policy.js';
import { reason } from './reasons.js';
import type { MarketInput, PriceOutcome, PricingInput, PricingStrategy } from './strategy.js';

/** Why a book does not sell to a tenant, or `undefined`. */
export const tenantRefusal = (
  { name, tenants }: PricingPolicy,
  owner: string,
): Reason | undefined => {
  const field = 'order.id.owner';
  if (tenants.deny.includes(owner)) {
    return reason('TenantDenied', `policy ${name} denies ${owner}`, field);
  }
  if (tenants.allow.length > 0 && !tenants.allow.includes(owner)) {
    const message = `policy ${name} allows only listed tenants, and ${owner} is not listed`;
    return reason('TenantNotAllowed', message, field);
  }
  return undefined;
};

/** Why no book prices an order. @param count how many books there are */
export const noPolicy = (count: number): Reason =>
  count === 0
    ? reason('NoPricingPolicy', 'there is no price policy for this provider', 'policies')
    : reason(
        'NoPolicyApplies',
        `none of the ${count} price policies applies to this order`,
        'policies',
      );

class PolicyStrategy implements PricingStrategy {
  readonly name = 'policy';
  readonly pricesVaryByModel: boolean;
  readonly #policies: readonly PricingPolicy[];
  /** Of the market asked about last: worth is asked for every unit and model of one order. */
  #last: { market: MarketInput; prices: Map<PricingPolicy, OrderPrices> } | undefined;

  constructor(policies: readonly PricingPolicy[]) {
    this.#policies = policies;
    this.pricesVaryByModel = policies.some(
      (p) => p.appliesTo?.gpus !== undefined || p.expression?.looksAtGpu === true,
    );
  }

  worth(gpu: GpuModel, market: MarketInput, unit: UnitDemand): Decimal | undefined {
    const policy = policyFor(this.#policies, market.order, [gpu]);
    if (policy === undefined) return undefined;
    if (tenantRefusal(policy, market.order.id.owner) !== undefined) return undefined;
    return this.#pricesOf(policy, market).gpu(gpu, unit.each.gpus)?.usdPerHour;
  }

  price(input: PricingInput): PriceOutcome {
    const gpus = [...input.models.values()];
    const policy = policyFor(this.#policies, input.order, gpus);
    if (policy === undefined) return { ok: false, reasons: [noPolicy(this.#policies.length)] };
    const refusal = tenantRefusal(policy, input.order.id.owner);
    const outcome = quote(input, policy, this.#pricesOf(policy, input));
    if (refusal === undefined) return outcome;
    return { ok: false, reasons: [refusal, ...(outcome.ok ? [] : outcome.reasons)] };
  }

  #pricesOf(policy: PricingPolicy, market: MarketInput): OrderPrices {
    const { order, snapshot, nowMs } = market;
    const before = this.#last?.market;
    if (
      this.#last === undefined ||
      before?.order !== order ||
      before.snapshot !== snapshot ||
      before.nowMs !== nowMs
    ) {
      this.#last = { market, prices: new Map() };
    }
    let prices = this.#last.prices.get(policy);
    if (prices === undefined) {
      prices = new OrderPrices(policy, market, demandsOf(market.order.spec));
      this.#last.prices.set(policy, prices);
    }
    return prices;
  }
}

const strategies = new WeakMap<readonly PricingPolicy[], PricingStrategy>();

/** The strategy that prices by `policies`; the same list gives the same strategy. */
export const policyStrategy = (policies: readonly PricingPolicy[]): PricingStrategy => {
  let strategy = strategies.get(policies);
  if (strategy === undefined) strategies.set(policies, (strategy = new PolicyStrategy(policies)));
  return strategy;
};
