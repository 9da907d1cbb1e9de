import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** Orders that nobody accepted or closed for long hold capacity for a tenant who is not looking. */
export const orderAge: Check = {
  name: 'the order is not too old',
  run: ({ order, chain, rules }) => {
    const most = rules.maxOrderAgeBlocks;
    const age = chain.height - order.createdAt;
    if (most === undefined || age <= most) return undefined;
    const message = `the order has been open for ${age} blocks and the most is ${most}`;
    return reason('OrderTooOld', message, 'order.createdAt');
  },
};
