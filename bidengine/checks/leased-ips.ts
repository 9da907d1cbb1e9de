import { leasedIpsOf } from '../demand.js';
import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** Endpoints with one sequence number share an address. */
export const leasedIps: Check = {
  name: 'enough addresses are free',
  run: ({ order, snapshot }) => {
    const wanted = leasedIpsOf(order.spec);
    return wanted <= snapshot.leasedIpsAvailable
      ? undefined
      : reason(
          'InsufficientLeasedIps',
          `the order needs ${wanted} leased addresses and ${snapshot.leasedIpsAvailable} are free`,
          'order.spec.units.endpoints',
        );
  },
};
