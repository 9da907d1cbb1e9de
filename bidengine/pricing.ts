/** The price of the exact devices that were placed: terms, expression, floors, ceiling, coin, rounding. */
import { Decimal } from '../market/money.js';
import type { Reason } from '../market/reasons.js';
import { groupMaxPrice } from '../market/resources.js';
import { PRICE_DENOM } from './checks/price.js';
import { demandsOf } from './demand.js';
import type { UnitDemand } from './demand.js';
import { assetOf, priceRate } from './exchange.js';
import { expressionInput } from './price-expression-input.js';
import { OrderPrices } from './price-order.js';
import { roundPrice, toMicroUsdPerBlock, toUsdPerHour } from './price-rounding.js';
import { priceTerms } from './price-terms.js';
import type { PriceTerms } from './price-terms.js';
import type { PricingPolicy } from './pricing-policy.js';
import { reason } from './reasons.js';
import type { PriceOutcome, PricingInput } from './strategy.js';

const ZERO = new Decimal('0');
const larger = (a: Decimal, b: Decimal): Decimal => (a.gte(b) ? a : b);

const refused = (...reasons: readonly Reason[]): PriceOutcome => ({ ok: false, reasons });

/** US dollars per whole coin of the order's denomination, or why there is no price in it. */
const coinRate = ({ order, exchange }: PricingInput): Decimal | Reason => {
  const { denom } = groupMaxPrice(order.spec);
  const field = 'order.spec.units.price.denom';
  const asset = assetOf(denom);
  if (asset === undefined) {
    return reason('DenomNotAccepted', `nothing is sold for ${denom}`, field);
  }
  const rate = priceRate(exchange, asset);
  if (rate !== undefined) return rate;
  const known = asset === 'act' ? undefined : exchange[asset];
  const why = known?.status === 'stale' ? `: ${known.why}` : '';
  const message = `the order is priced in ${denom} and the price of ${asset} in US dollars is not known${why}`;
  return reason('PriceSourceStale', message, field);
};

const computedUsd = (
  input: PricingInput,
  policy: PricingPolicy,
  units: readonly UnitDemand[],
  { terms }: PriceTerms,
): Decimal | Reason => {
  const sum = terms.reduce((total, t) => total.plus(t.usdPerHour), ZERO);
  if (policy.expression === undefined) return sum;
  const result = policy.expression.evaluate(expressionInput(input, units, sum));
  return result.ok
    ? result.usdPerHour
    : reason(
        'PriceExpressionFailed',
        `the expression of policy ${policy.name} gives no price: ${result.problem}`,
        'policy.expression',
      );
};

const isReason = (value: Decimal | Reason): value is Reason => 'code' in value;

/**
 * What the order costs per block with the GPUs in `input.models`, by `policy`.
 * @param prices the book as this order meets it, where it is at hand already
 * @throws RangeError when a block time is not above 0
 */
export const quote = (
  input: PricingInput,
  policy: PricingPolicy,
  prices = new OrderPrices(policy, input, demandsOf(input.order.spec)),
): PriceOutcome => {
  const { order, models } = input;
  const blockTimeMs = policy.blockTimeMs ?? input.blockTimeMs;
  const units = demandsOf(order.spec);
  const priced = priceTerms(order.spec, units, models, prices);
  const coinUsd = coinRate(input);
  const lacking = [...priced.missing, ...(isReason(coinUsd) ? [coinUsd] : [])];
  if (lacking.length > 0 || isReason(coinUsd)) return refused(...lacking);
  const usd = computedUsd(input, policy, units, priced);
  if (isReason(usd)) return refused(usd);

  const soldUsd = larger(usd, larger(policy.floorUsdPerHour ?? ZERO, priced.costUsdPerHour));
  const converted = toMicroUsdPerBlock(soldUsd, blockTimeMs);
  const total = larger(converted, policy.minimumUactPerBlock ?? ZERO);
  const { denom } = groupMaxPrice(order.spec);
  const exact = denom === PRICE_DENOM ? total : total.div(coinUsd);
  const amount = roundPrice(exact, policy);
  const words = (microUsd: Decimal): string =>
    `${roundPrice(microUsd, policy).toFixed()} uact per block (${toUsdPerHour(microUsd, blockTimeMs).toFixed(4)} USD per hour)`;
  const ceiling = policy.ceilingUsdPerHour;
  const objections =
    ceiling === undefined || total.lte(toMicroUsdPerBlock(ceiling, blockTimeMs))
      ? []
      : [
          reason(
            'PriceAbovePolicyCeiling',
            `our price is ${words(total)}; the ceiling of policy ${policy.name} is ${ceiling.toFixed()} USD per hour`,
            'policy.ceilingUsdPerHour',
          ),
        ];
  return {
    ok: true,
    quote: {
      price: { denom, amount },
      exact,
      usdPerHour: toUsdPerHour(
        denom === PRICE_DENOM ? amount : amount.times(coinUsd),
        input.blockTimeMs,
      ),
      breakdown: priced.terms,
      policy: policy.name,
      objections,
      ...(soldUsd.gt(usd) || total.gt(converted)
        ? { raisedTo: `the floor of policy ${policy.name} is ${words(total)}` }
        : {}),
    },
  };
};
