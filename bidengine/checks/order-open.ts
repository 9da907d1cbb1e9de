import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** A bid on a closed or matched order only costs its fee. */
export const orderOpen: Check = {
  name: 'the order is open',
  run: ({ order }) =>
    order.state === 'open'
      ? undefined
      : reason('OrderNotOpen', `the order is ${order.state}`, 'order.state'),
};
