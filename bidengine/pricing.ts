/** The price of the exact devices that were placed: terms, floor, ceiling, rounding. Exact until the last step. */
import { Big } from 'big.js';
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import type { Reason } from '../market/reasons.js';
import type { GroupSpec } from '../market/resources.js';
import { PRICE_DENOM } from './checks/price.js';
import { priceTerms } from './price-terms.js';
import type { PricingPolicy } from './pricing-policy.js';
import { reason } from './reasons.js';
import type { PriceOutcome } from './strategy.js';

/**
 * Places of a bid's price in uact per block: those which the Akash provider gives its price scripts. One unit of the
 * last place is 10^-12 USD per block, under a thousandth of a cent per year: finer prices would only be longer.
 */
export const PRICE_PLACES = 6;

/** Places of a rate shown in USD per hour. */
const USD_PLACES = 12;

/** Milliseconds per hour over uact per USD: one division keeps whole results exact. */
const HOUR_OVER_MICRO = new Decimal('3.6');

/** Rounded up, so that rounding never takes a price below its floor. */
const toUactPerBlock = (usdPerHour: Decimal, blockTimeMs: number): Decimal =>
  usdPerHour
    .times(new Decimal(String(blockTimeMs)))
    .div(HOUR_OVER_MICRO)
    .round(PRICE_PLACES, Big.roundUp);

const toUsdPerHour = (uactPerBlock: Decimal, blockTimeMs: number): Decimal =>
  uactPerBlock
    .times(HOUR_OVER_MICRO)
    .div(new Decimal(String(blockTimeMs)))
    .round(USD_PLACES, Big.roundHalfUp);

const larger = (a: Decimal, b: Decimal): Decimal => (a.gte(b) ? a : b);

const refused = (...reasons: readonly Reason[]): PriceOutcome => ({ ok: false, reasons });

/** The policy's floor in uact per block; 0 without one. */
const floorOf = (policy: PricingPolicy, blockTimeMs: number): Decimal => {
  const zero = new Decimal('0');
  const fromUsd = toUactPerBlock(policy.floorUsdPerHour ?? zero, blockTimeMs);
  const fromUact = (policy.minimumUactPerBlock ?? zero).round(PRICE_PLACES, Big.roundUp);
  return larger(fromUsd, fromUact);
};

/**
 * What `group` costs per block with the GPUs in `models` (by unit id).
 * @param blockTimeMs milliseconds between blocks
 * @throws RangeError when `blockTimeMs` is not above 0
 */
export const quote = (
  group: GroupSpec,
  models: ReadonlyMap<number, GpuModel>,
  policy: PricingPolicy,
  blockTimeMs: number,
): PriceOutcome => {
  if (!(blockTimeMs > 0)) {
    throw new RangeError(`chain.blockTimeMs must be above 0, got ${blockTimeMs}`);
  }
  const { terms, missing } = priceTerms(group, models, policy);
  if (missing.length > 0) return refused(...missing);
  const both = (uact: Decimal): string =>
    `${uact.toFixed()} uact per block (${toUsdPerHour(uact, blockTimeMs).toFixed(4)} USD per hour)`;

  const sum = terms.reduce((total, t) => total.plus(t.usdPerHour), new Decimal('0'));
  const computed = toUactPerBlock(sum, blockTimeMs);
  const floor = floorOf(policy, blockTimeMs);
  const amount = larger(computed, floor);
  const reasons: Reason[] = [];
  const ceiling = policy.ceilingUsdPerHour;
  if (ceiling !== undefined && amount.gt(toUactPerBlock(ceiling, blockTimeMs))) {
    const message = `our price is ${both(amount)}; the ceiling of policy ${policy.name} is ${ceiling.toFixed()} USD per hour`;
    reasons.push(reason('PriceAbovePolicyCeiling', message, 'policy.ceilingUsdPerHour'));
  }
  return {
    ok: true,
    quote: {
      price: { denom: PRICE_DENOM, amount },
      exact: amount,
      usdPerHour: toUsdPerHour(amount, blockTimeMs),
      breakdown: terms,
      policy: policy.name,
      objections: reasons,
      ...(computed.lt(floor)
        ? { raisedTo: `the floor of policy ${policy.name} is ${both(floor)}` }
        : {}),
    },
  };
};
