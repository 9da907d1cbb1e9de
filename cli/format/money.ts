/** Amounts as people and scripts read them: always with their denomination, beside USD where the chain fixes it. */
import { Big } from 'big.js';
import { Decimal, uactPerBlockToUsdPerHour } from '../../market/money.js';
import type { DecCoin } from '../../market/money.js';

/** Exact, without trailing zeros: `5666.6uact`. */
export const exactCoin = (coin: DecCoin): string => `${coin.amount.toFixed()}${coin.denom}`;

/** At most six places, for people: `5666.666667 uact`. */
export const shortCoin = (coin: DecCoin): string =>
  `${new Decimal(coin.amount.round(6, Big.roundHalfUp).toFixed()).toFixed()} ${coin.denom}`;

/** What a price per block is in USD per hour; `undefined` for a denomination that has no fixed price. */
export const usdPerHour = (price: DecCoin, blockTimeMs: number): Decimal | undefined =>
  price.denom === 'uact' ? uactPerBlockToUsdPerHour(price.amount, blockTimeMs) : undefined;

const CENT_LIMIT = new Decimal('1');
const SMALLEST = new Decimal('0.0001');

/** `$20.40`, below a dollar with four places. */
export const formatUsd = (usd: Decimal): string => {
  if (usd.gt('0') && usd.lt(SMALLEST)) return '<$0.0001';
  return `$${usd.round(usd.lt(CENT_LIMIT) ? 4 : 2, Big.roundHalfUp).toFixed(usd.lt(CENT_LIMIT) ? 4 : 2)}`;
};

/** For scripts: at most six places, cut. */
export const plainUsd = (usd: Decimal): string =>
  new Decimal(usd.round(6, Big.roundDown).toFixed()).toFixed();

/** `$20.40/hour (5666.6 uact/block)`, or the price per block alone. */
export const formatRate = (price: DecCoin, blockTimeMs: number | undefined): string => {
  const usd = blockTimeMs === undefined ? undefined : usdPerHour(price, blockTimeMs);
  const perBlock = `${shortCoin(price)}/block`;
  return usd === undefined ? perBlock : `${formatUsd(usd)}/hour (${perBlock})`;
};

/** The sum of prices of one denomination; those of others are left out. */
export const sumPrices = (prices: readonly DecCoin[]): DecCoin => {
  const denom = prices[0]?.denom ?? 'uact';
  return {
    denom,
    amount: prices
      .filter((p) => p.denom === denom)
      .reduce((sum, p) => sum.plus(p.amount), new Decimal('0')),
  };
};
