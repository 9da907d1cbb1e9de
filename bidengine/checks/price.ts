import { Decimal, formatDecCoin } from '../../market/money.js';
import { assetOf } from '../exchange.js';
import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** The denomination in which the chain prices deployments today (provider-wire 1.9). */
export const PRICE_DENOM = 'uact';
const ZERO = new Decimal('0');

/** Every unit must be priced in a coin we sell for; today's chain lets in only uact. */
export const denom: Check = {
  name: 'the order is priced in a coin we take',
  run: ({ order }) => {
    const other = order.spec.units.find((u) => assetOf(u.price.denom) === undefined);
    return other === undefined
      ? undefined
      : reason(
          'DenomNotAccepted',
          `unit ${other.resources.id} is priced in ${other.price.denom}; taken are uact, and uakt and bridged USDC where the chain lets them in`,
          'order.spec.units.price.denom',
        );
  },
};

/** Every unit must offer something, and in one denomination, or their sum means nothing. */
export const orderPrice: Check = {
  name: 'the order offers a price',
  run: ({ order }) => {
    const field = 'order.spec.units.price';
    const denoms = new Set(order.spec.units.map((u) => u.price.denom));
    if (denoms.size > 1) {
      return reason('OrderPriceInvalid', `units are priced in ${[...denoms].join(', ')}`, field);
    }
    const unpaid = order.spec.units.find((u) => u.price.amount.lte(ZERO));
    return unpaid === undefined
      ? undefined
      : reason(
          'OrderPriceInvalid',
          `unit ${unpaid.resources.id} offers ${formatDecCoin(unpaid.price)} per block`,
          field,
        );
  },
};
