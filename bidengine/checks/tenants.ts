import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** The tenant rules of the policy that applies; without a policy there is nothing to ask. */
export const tenants: Check = {
  name: 'the tenant is welcome',
  run: ({ order, policies }) => {
    const policy = policies[0];
    if (policy === undefined) return undefined;
    const { owner } = order.id;
    if (policy.tenants.deny.includes(owner)) {
      return reason('TenantDenied', `policy ${policy.name} denies ${owner}`, 'order.id.owner');
    }
    if (policy.tenants.allow.length > 0 && !policy.tenants.allow.includes(owner)) {
      return reason(
        'TenantNotAllowed',
        `policy ${policy.name} allows only listed tenants, and ${owner} is not listed`,
        'order.id.owner',
      );
    }
    return undefined;
  },
};
