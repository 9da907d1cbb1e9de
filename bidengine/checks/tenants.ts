import { candidatePolicies } from '../price-select.js';
import { noPolicy, tenantRefusal } from '../price-policy-strategy.js';
import type { Check } from './check.js';

/**
 * The tenant rules of the price books that could price the order; without a book there is nothing to ask. Which of them
 * prices it may depend on the GPUs it gets, so one that welcomes the tenant is enough here.
 */
export const tenants: Check = {
  name: 'the tenant is welcome',
  run: ({ order, policies }) => {
    if (policies.length === 0) return undefined;
    const candidates = candidatePolicies(policies, order);
    const [first, ...others] = candidates.map((p) => tenantRefusal(p, order.id.owner));
    if (candidates.length === 0) return noPolicy(policies.length);
    return others.every((r) => r !== undefined) ? first : undefined;
  },
};
