/** The guards around every price, whichever strategy named it: never nothing, never more than the order pays. */
import { Big } from 'big.js';
import type { Reason } from '../market/reasons.js';
import { groupMaxPrice } from '../market/resources.js';
import type { GroupSpec } from '../market/resources.js';
import { reason } from './reasons.js';
import type { Quote } from './strategy.js';

const orderMaximum = (quote: Quote, group: GroupSpec): readonly Reason[] => {
  const { price, exact, usdPerHour, policy, raisedTo } = quote;
  if (price.amount.lte('0')) {
    const message = `${policy} asks for nothing; a free lease is never offered`;
    return [reason('PriceZero', message, 'policy.rates')];
  }
  const most = groupMaxPrice(group);
  // In another denomination the amounts cannot be compared, and the order is refused for that alone.
  if (most.denom !== price.denom || (price.amount.lte(most.amount) && exact.lte(most.amount)))
    return [];
  const offered = `the order pays at most ${most.amount.toFixed()} ${most.denom} per block (${usdPerHour
    .times(most.amount)
    .div(price.amount)
    .toFixed(4, Big.roundDown)} USD per hour)`;
  const asked = `${price.amount.toFixed()} ${price.denom} per block (${usdPerHour.toFixed(4)} USD per hour)`;
  return [
    raisedTo === undefined
      ? reason(
          'PriceAboveOrderMaximum',
          `our price is ${asked}; ${offered}`,
          'order.spec.units.price',
        )
      : reason('OrderMaximumBelowFloor', `${raisedTo}; ${offered}`, 'order.spec.units.price'),
  ];
};

/** Everything against a price: what its strategy has, and what the order cannot take; empty for a price to bid. */
export const objectionsTo = (quote: Quote, group: GroupSpec): readonly Reason[] => [
  ...orderMaximum(quote, group),
  ...quote.objections,
];
