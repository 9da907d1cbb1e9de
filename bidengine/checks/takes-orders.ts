import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** Decided all the same while bidding is paused, so that every order says why it gets no bid. */
export const takesOrders: Check = {
  name: 'the provider takes orders',
  run: ({ rules: { paused } }) => {
    if (paused === undefined) return undefined;
    const why = paused === '' ? '' : `: ${paused}`;
    return reason('ProviderDraining', `bidding is paused${why}`, 'spec.bidding.paused');
  },
};
