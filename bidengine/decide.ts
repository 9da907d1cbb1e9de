/**
 * Bid or skip: the one function behind bidding, screening, explaining and backtests. It asks the checklist, places the
 * group, then prices the exact devices placed. Pure: no clock, no randomness; the same input gives the same decision.
 */
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import type { Reason } from '../market/reasons.js';
import { noPressure } from './assignments.js';
import type { ModelWorth } from './assignments.js';
import { failedChecks, failedPricedChecks } from './checks.js';
import type { BidRules } from './bid-rules.js';
import { chooseDeposit } from './deposit.js';
import type { DecideInput, Decision } from './input.js';
import { offerOf } from './offer.js';
import { placements } from './placement.js';
import type { Placed } from './placement.js';
import { DEFAULT_PLACEMENT_POLICY, PLACEMENT_POLICIES } from './placement-policy.js';
import type { PlacementPolicyName } from './placement-policy.js';
import { objectionsTo } from './price-maximum.js';
import { policyStrategy } from './price-policy-strategy.js';
import { chooseReclamation } from './reclamation.js';
import type { MarketInput, PricingStrategy, Quote } from './strategy.js';

const NOTHING = new Decimal('0');

/** The policy that places under `rules`. */
export const placedBy = ({ placement }: BidRules): PlacementPolicyName =>
  placement ?? DEFAULT_PLACEMENT_POLICY;

/** First only with GPUs that have a price; when those do not suffice, with any, so that the reason can be the price. */
const candidates = function* (
  input: DecideInput,
  strategy: PricingStrategy,
  market: MarketInput,
): Generator<Placed, readonly Reason[], undefined> {
  const { order, snapshot, rules } = input;
  const policy = PLACEMENT_POLICIES[placedBy(rules)];
  const withoutPrice = new Set<GpuModel>();
  const worth: ModelWorth = (gpu, unit) => {
    const usd = strategy.worth(gpu, market, unit);
    if (usd === undefined) withoutPrice.add(gpu);
    return usd;
  };
  let any = false;
  const priced = placements(order.spec, snapshot, { ...policy, worth });
  for (let next = priced.next(); ; next = priced.next()) {
    if (next.done === true) {
      // Room on priced GPUs that the scheduler could spoil is the reason, whatever others there are.
      const uncertain = next.value.some((r) => r.code === 'PlacementUncertain');
      if (any || uncertain || withoutPrice.size === 0) return next.value;
      break;
    }
    any = true;
    yield next.value;
  }
  const anyModel: ModelWorth = (gpu, unit) => worth(gpu, unit) ?? NOTHING;
  return yield* placements(order.spec, snapshot, { ...policy, worth: anyModel });
};

/** How far an order came: a place, a price for it, and what is against the two. */
export interface PlacedAndPriced {
  readonly placed: Placed | undefined;
  readonly quote: Quote | undefined;
  /** Empty exactly when `quote` is one to bid. */
  readonly reasons: readonly Reason[];
}

/** Of two refusals the one whose price was lower: that is by how much the order falls short. */
const nearer = (a: PlacedAndPriced | undefined, b: PlacedAndPriced): PlacedAndPriced =>
  a === undefined ||
  (b.quote !== undefined && a.quote !== undefined && b.quote.usdPerHour.lt(a.quote.usdPerHour))
    ? b
    : a;

/** Placement and price. Of several refusals the one with the lowest price is told. */
export const placeAndPrice = (input: DecideInput): PlacedAndPriced => {
  const { order, snapshot, nowMs, chain, exchange } = input;
  const strategy = input.strategy ?? policyStrategy(input.policies);
  const market = { order, snapshot, nowMs, blockTimeMs: chain.blockTimeMs, exchange };
  const tries = candidates(input, strategy, market);
  // What comes later can then only be dearer.
  const cheapestFirst =
    !strategy.pricesVaryByModel &&
    PLACEMENT_POLICIES[placedBy(input.rules)].pressure === noPressure;
  let refusal: PlacedAndPriced | undefined;
  for (;;) {
    const next = tries.next();
    if (next.done === true) {
      return refusal ?? { placed: undefined, quote: undefined, reasons: next.value };
    }
    const placed = next.value;
    const outcome = strategy.price({ ...market, ...placed });
    const quote = outcome.ok ? outcome.quote : undefined;
    const reasons = outcome.ok ? objectionsTo(outcome.quote, order.spec) : outcome.reasons;
    if (reasons.length === 0) return { placed, quote, reasons };
    refusal = nearer(refusal, { placed, quote, reasons });
    if (cheapestFirst) return refusal;
  }
};

/**
 * The decision from what was found out; `decide` and `explain` share it.
 * @param failed what the checklist has against the order
 * @param outcome left out for an order that makes no sense: it can be neither placed nor priced
 */
export const decideWith = (
  input: DecideInput,
  failed: readonly Reason[],
  outcome: PlacedAndPriced | undefined,
): Decision => {
  const orderId = input.order.id;
  const { placed, quote, reasons = [] } = outcome ?? {};
  const unpaid = quote === undefined ? [] : failedPricedChecks(input, quote);
  const others = [...reasons, ...unpaid].filter((r) => !failed.some((f) => f.code === r.code));
  const deposit = chooseDeposit(input);
  const reclamation = chooseReclamation(input);
  const against = [...failed, ...others];
  if (
    against.length > 0 ||
    placed === undefined ||
    quote === undefined ||
    !deposit.ok ||
    !reclamation.ok
  ) {
    return { type: 'skip', orderId, reasons: against };
  }
  const { price, usdPerHour, breakdown, policy } = quote;
  const bid = {
    type: 'bid' as const,
    orderId,
    ...{ price, usdPerHour, breakdown, policy },
    offer: offerOf(input.order.spec, placed.models),
    placement: placed.placement,
    placedBy: placedBy(input.rules),
    deposit: deposit.deposit,
  };
  return reclamation.windowSeconds === undefined
    ? bid
    : { ...bid, reclamationWindowSeconds: reclamation.windowSeconds };
};

/**
 * Every reason against a bid, or the bid. Never throws for what an order may hold.
 * @throws RangeError when `chain.blockTimeMs` is not above 0
 */
export const decide = (input: DecideInput): Decision => {
  const { blockTimeMs } = input.chain;
  if (!(blockTimeMs > 0)) {
    throw new RangeError(`chain.blockTimeMs must be above 0, got ${blockTimeMs}`);
  }
  const failed = failedChecks(input);
  const unsound = failed.some((r) => r.code === 'InvalidOrder');
  return decideWith(input, failed, unsound ? undefined : placeAndPrice(input));
};
