/** From US dollars per hour to a coin per block and back; exact until the one rounding at the end. */
import { Big } from 'big.js';
import { Decimal } from '../market/money.js';
import { PRICE_PLACES } from './pricing-policy.js';
import type { PricingPolicy } from './pricing-policy.js';

/** Places of a rate shown in USD per hour. */
const USD_PLACES = 12;

/** Milliseconds per hour over millionths per USD: one division keeps whole results exact. */
const HOUR_OVER_MICRO = new Decimal('3.6');

const blockTime = (blockTimeMs: number): Decimal => {
  if (blockTimeMs > 0) return new Decimal(String(blockTimeMs));
  throw new RangeError(`chain.blockTimeMs must be above 0, got ${blockTimeMs}`);
};

/** Millionths of a US dollar per block, which is uact per block. @throws RangeError for a block time not above 0 */
export const toMicroUsdPerBlock = (usdPerHour: Decimal, blockTimeMs: number): Decimal =>
  usdPerHour.times(blockTime(blockTimeMs)).div(HOUR_OVER_MICRO);

/** For showing: half up at 12 places. @throws RangeError likewise */
export const toUsdPerHour = (microUsdPerBlock: Decimal, blockTimeMs: number): Decimal =>
  microUsdPerBlock
    .times(HOUR_OVER_MICRO)
    .div(blockTime(blockTimeMs))
    .round(USD_PLACES, Big.roundHalfUp);

/** As the chain takes it. `up`, the default, never takes a price below its floor. */
export const roundPrice = (
  perBlock: Decimal,
  { places, rounding }: Pick<PricingPolicy, 'places' | 'rounding'>,
): Decimal =>
  perBlock.round(places ?? PRICE_PLACES, rounding === 'nearest' ? Big.roundHalfUp : Big.roundUp);
