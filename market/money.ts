/**
 * Exact money. Whole coins are bigint in the smallest unit; prices are per block, with at most 18 decimals, as on chain.
 * Nothing here ever passes through a floating-point number.
 */
import { Big } from 'big.js';

/** Decimal places of a chain price (cosmos LegacyDec). */
export const PRICE_DECIMALS = 18;

/** A decimal type of our own: no implicit rounding on multiply, 40 places on divide, strings only (floats are refused). */
export const Decimal = Big();
Decimal.DP = 40;
Decimal.RM = Big.roundDown;
Decimal.strict = true;

/** An exact decimal number. */
export type Decimal = Big;

/** An amount of whole smallest units, for example 500000 uakt. */
export interface Coin {
  readonly denom: string;
  readonly amount: bigint;
}

/** A price or rate with decimals, for example 12.5 uact per block. */
export interface DecCoin {
  readonly denom: string;
  readonly amount: Decimal;
}

/** Thrown when an amount cannot be read exactly. */
export class AmountFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AmountFormatError';
  }
}

export const isAmountFormatError = (error: unknown): error is AmountFormatError =>
  error instanceof AmountFormatError;

/** Parses a plain, non-negative decimal such as `1000.000000000000000000`. @throws AmountFormatError */
export const parseDecimal = (text: string): Decimal => {
  if (!/^\d{1,60}(\.\d{1,18})?$/.test(text)) {
    throw new AmountFormatError(
      `amount must be a non-negative decimal with at most ${PRICE_DECIMALS} places, got "${text}"`,
    );
  }
  return new Decimal(text);
};

/** Formats with exactly 18 places, cut (never rounded up), as the chain prints prices. */
export const formatPrice = (amount: Decimal): string =>
  amount.toFixed(PRICE_DECIMALS, Big.roundDown);

/** `12.500000000000000000uact` */
export const formatDecCoin = (coin: DecCoin): string => `${formatPrice(coin.amount)}${coin.denom}`;

/** `500000uakt` */
export const formatCoin = (coin: Coin): string => `${coin.amount}${coin.denom}`;

const DENOM = '[a-zA-Z][a-zA-Z0-9/:._-]{2,127}';

/** Parses `500000uakt`. @throws AmountFormatError */
export const parseCoin = (text: string): Coin => {
  const match = new RegExp(`^(\\d{1,60})(${DENOM})$`).exec(text);
  if (match === null) {
    throw new AmountFormatError(
      `expected an amount with its denomination such as 500000uakt, got "${text}"`,
    );
  }
  return { amount: BigInt(match[1] ?? '0'), denom: match[2] ?? '' };
};

/** Whole units of `amount`, cut toward zero, as the chain truncates payouts. */
export const truncate = (amount: Decimal): bigint => BigInt(amount.toFixed(0, Big.roundDown));

/** Seconds in an hour, as a decimal for rates. */
const SECONDS_PER_HOUR = new Decimal('3600');
const MS_PER_SECOND = new Decimal('1000');

/** Blocks in an hour at the given block time. @param blockTimeMs milliseconds, at least 1 */
export const blocksPerHour = (blockTimeMs: number): Decimal =>
  SECONDS_PER_HOUR.times(MS_PER_SECOND).div(new Decimal(String(blockTimeMs)));

/** uact per USD, and milliseconds per hour, in one factor (1 ACT is 1 USD by protocol, uact its millionth; an hour has 3.6 million milliseconds): a single division loses nothing. */
const HOUR_FACTOR = new Decimal('3.6');

/** The uact per block that earns `usdPerHour` at the given block time. @param blockTimeMs milliseconds, at least 1 */
export const usdPerHourToUactPerBlock = (usdPerHour: Decimal, blockTimeMs: number): Decimal =>
  usdPerHour.times(new Decimal(String(blockTimeMs))).div(HOUR_FACTOR);

/** What a price in uact per block is in USD per hour. @param blockTimeMs milliseconds, at least 1 */
export const uactPerBlockToUsdPerHour = (uactPerBlock: Decimal, blockTimeMs: number): Decimal =>
  uactPerBlock.times(HOUR_FACTOR).div(new Decimal(String(blockTimeMs)));
