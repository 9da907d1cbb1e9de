import { noPolicy } from '../price-policy-strategy.js';
import type { Check } from './check.js';

/** Nothing is ever sold without a price; a strategy of its own needs no price book. */
export const priced: Check = {
  name: 'there is a price book',
  run: ({ policies, strategy }) =>
    policies.length > 0 || strategy !== undefined ? undefined : noPolicy(0),
};
