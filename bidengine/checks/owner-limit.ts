import { groupGpus } from '../../market/resources.js';
import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** Caps what one tenant can freeze with orders that nobody accepts. */
export const ownerLimit: Check = {
  name: "the tenant's open bids hold no more GPUs than one tenant's may",
  run: ({ order, rules, ownerPendingGpus: held = 0n }) => {
    const most = rules.maxPendingGpusPerOwner;
    const wanted = groupGpus(order.spec);
    if (most === undefined || held + wanted <= most) return undefined;
    const message = `open bids for this tenant hold ${held} GPUs and this order wants ${wanted}; the limit is ${most} until bids are accepted or time out`;
    return reason('OwnerPendingLimit', message, 'spec.bidding.maxPendingGpusPerOwner');
  },
};
