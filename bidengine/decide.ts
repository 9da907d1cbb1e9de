/**
 * Bid or skip: the one function behind bidding, screening, explaining and backtests. It asks the checklist, places the
 * group, then prices the exact devices placed. Pure: no clock, no randomness; the same input gives the same decision.
 */
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import type { Reason } from '../market/reasons.js';
import type { ModelWorth } from './assignments.js';
import { failedChecks } from './checks.js';
import { chooseDeposit } from './deposit.js';
import { gpuRate } from './gpu-rate.js';
import type { DecideInput, Decision, Placement } from './input.js';
import { offerOf } from './offer.js';
import { place } from './placement.js';
import type { PlacementResult } from './placement.js';
import type { PricingPolicy } from './pricing-policy.js';
import { quote } from './pricing.js';
import type { QuoteResult } from './pricing.js';
import { chooseReclamation } from './reclamation.js';
import { reason } from './reasons.js';
import { keepWholeNodesWhole } from './scorer.js';

const NOTHING = new Decimal('0');

/** First only with GPUs that have a rate; when those do not suffice, with any, so that the reason can be the rate. */
const placeGroup = (input: DecideInput, policy: PricingPolicy | undefined): PlacementResult => {
  const { order, snapshot, rules } = input;
  const options = {
    scorer: input.scorer ?? keepWholeNodesWhole,
    allowUnknownStorage: rules.allowUnknownStorage,
  };
  const withoutRate = new Set<GpuModel>();
  const rateOf: ModelWorth = (gpu) => {
    const rate = policy === undefined ? undefined : gpuRate(policy, gpu);
    if (rate === undefined) withoutRate.add(gpu);
    return rate;
  };
  const priced = place(order.spec, snapshot, { ...options, worth: rateOf });
  if (priced.ok || withoutRate.size === 0) return priced;
  const anyModel: ModelWorth = (gpu) => rateOf(gpu) ?? NOTHING;
  return place(order.spec, snapshot, { ...options, worth: anyModel });
};

interface Outcome {
  readonly placement: Placement;
  readonly models: ReadonlyMap<number, GpuModel>;
  readonly quoted: QuoteResult;
  readonly policy: PricingPolicy;
}

/** Placement and price, or why one of them failed. */
const placeAndPrice = (input: DecideInput): Outcome | readonly Reason[] => {
  const policy = input.policies[0];
  const placed = placeGroup(input, policy);
  const missing =
    policy === undefined
      ? [reason('NoPricingPolicy', 'there is no price policy for this provider', 'policies')]
      : [];
  if (!placed.ok) return [...missing, ...placed.reasons];
  if (policy === undefined) return missing;
  const { placement, models } = placed;
  const quoted = quote(input.order.spec, models, policy, input.chain.blockTimeMs);
  return { placement, models, quoted, policy };
};

/**
 * Every reason against a bid, or the bid. Never throws for what an order may hold.
 * @throws RangeError when `chain.blockTimeMs` is not above 0
 */
export const decide = (input: DecideInput): Decision => {
  const orderId = input.order.id;
  const failed = failedChecks(input);
  const skip = (reasons: readonly Reason[]): Decision => ({ type: 'skip', orderId, reasons });
  // An order that makes no sense can be neither placed nor priced.
  if (failed.some((r) => r.code === 'InvalidOrder')) return skip(failed);

  const outcome = placeAndPrice(input);
  if (!('quoted' in outcome)) return skip([...failed, ...outcome]);
  const { placement, models, quoted, policy } = outcome;
  if (!quoted.ok) return skip([...failed, ...quoted.reasons]);
  const deposit = chooseDeposit(input);
  const reclamation = chooseReclamation(input);
  if (failed.length > 0 || !deposit.ok || !reclamation.ok) return skip(failed);
  const bid = {
    type: 'bid' as const,
    orderId,
    ...quoted.quote,
    offer: offerOf(input.order.spec, models),
    placement,
    deposit: deposit.deposit,
    policy: policy.name,
  };
  return reclamation.windowSeconds === undefined
    ? bid
    : { ...bid, reclamationWindowSeconds: reclamation.windowSeconds };
};
