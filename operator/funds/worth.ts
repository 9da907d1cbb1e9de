/**
 * What the wallet holds, keeps back, has locked and pays, in US dollars. Prices need no rate: uact is a dollar by protocol. uakt is
 * valued at the median of the fresh price sources; while none is fresh at the operator's stated careful rate, and that is said.
 * Pure.
 */
import { assetOf, valueRate } from '../../bidengine/exchange.js';
import type { ExchangeRates } from '../../bidengine/exchange.js';
import type { Worth } from '../../crds/generated/types.js';
import { Decimal } from '../../market/money.js';
import type { Coin } from '../../market/money.js';

const PER_MICRO = new Decimal('0.000001');
const PLACES = 6;

/** What is to be valued. */
export interface Holdings {
  readonly balances: readonly Coin[];
  readonly reserveUakt: bigint;
  /** Locked in open bids. */
  readonly deposits: readonly Coin[];
  /** `undefined` in the first minutes. */
  readonly feesUaktPerHour: bigint | undefined;
}

const valued = (rates: ExchangeRates, coins: readonly Coin[]): Decimal =>
  coins.reduce((sum, { denom, amount }) => {
    const asset = assetOf(denom);
    if (asset === undefined) return sum;
    const whole = new Decimal(amount.toString()).times(PER_MICRO);
    return sum.plus(whole.times(valueRate(rates, asset)));
  }, new Decimal('0'));

/** The same in a ComputeProvider's status. */
export const worthOf = (rates: ExchangeRates, holdings: Holdings): Worth => {
  const { akt } = rates;
  const usd = (coins: readonly Coin[]): string => valued(rates, coins).toFixed(PLACES);
  const uakt = (amount: bigint): readonly Coin[] => [{ denom: 'uakt', amount }];
  return {
    aktUsd: valueRate(rates, 'akt').round(PLACES).toFixed(),
    rate: akt.status === 'fresh' ? 'Fresh' : 'Conservative',
    basis:
      akt.status === 'fresh'
        ? `${akt.sources.join(', ')}; the oldest ${Math.floor(akt.ageMs / 1000)} s old`
        : akt.why.slice(0, 900),
    walletUsd: usd(holdings.balances),
    reserveUsd: usd(uakt(holdings.reserveUakt)),
    depositsUsd: usd(holdings.deposits),
    ...(holdings.feesUaktPerHour === undefined
      ? {}
      : { feesUsdPerHour: usd(uakt(holdings.feesUaktPerHour)) }),
  };
};
