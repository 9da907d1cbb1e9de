import { Big } from 'big.js';
import { Decimal } from '../../market/money.js';
import { assetOf, priceRate } from '../exchange.js';
import { reason } from '../reasons.js';
import type { PricedCheck } from './check.js';

const ZERO = new Decimal('0');
const SECONDS_PER_HOUR = new Decimal('3600');
const PER_MICRO = new Decimal('0.000001');

/**
 * The deployment's escrow must pay our price for a while, or the lease ends before it has begun. Later top-ups may be in uakt,
 * which count for nothing while the price of AKT is unknown.
 */
export const escrow: PricedCheck = {
  name: "the deployment's escrow pays for a while",
  run: ({ escrow: account, rules, exchange }, { usdPerHour }) => {
    const least = rules.minEscrowSeconds;
    if (least === undefined) return undefined;
    const field = 'escrow.funds';
    if (account === undefined) {
      return reason('EscrowUnknown', "the deployment's escrow account has not been read", field);
    }
    const usd = account.funds.reduce((sum, { denom, amount }) => {
      const asset = assetOf(denom);
      if (asset === undefined) return sum;
      return sum.plus(amount.times(PER_MICRO).times(priceRate(exchange, asset) ?? ZERO));
    }, ZERO);
    const needed = usdPerHour.times(new Decimal(least.toString())).div(SECONDS_PER_HOUR);
    if (usd.gte(needed)) return undefined;
    const seconds = usd.times(SECONDS_PER_HOUR).div(usdPerHour).toFixed(0, Big.roundDown);
    const message = `the escrow holds ${usd.toFixed(6)} USD, which pays ${usdPerHour.toFixed(4)} USD per hour for ${seconds} s; the least is ${least} s`;
    return reason('EscrowTooLow', message, field);
  },
};
