import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** The chain refuses a bid on an order of the same account (provider-wire 6.6). */
export const notOwnOrder: Check = {
  name: 'the tenant is not the provider itself',
  run: ({ order, provider }) =>
    order.id.owner === provider.address
      ? reason('OwnOrder', 'the order belongs to the provider account itself', 'order.id.owner')
      : undefined,
};
