import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** Every endpoint takes a port of the cluster or a rule of its ingress controller. */
export const endpoints: Check = {
  name: 'the order does not ask for too many endpoints',
  run: ({ order, rules }) => {
    const most = rules.maxEndpoints;
    const wanted = order.spec.units.reduce((sum, u) => sum + u.resources.endpoints.length, 0);
    if (most === undefined || wanted <= most) return undefined;
    const message = `the order asks for ${wanted} endpoints and the most is ${most}`;
    return reason('TooManyEndpoints', message, 'order.spec.units.endpoints');
  },
};
