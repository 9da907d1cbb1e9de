/** Price books as a strategy. */
import type { PricingPolicy } from './pricing-policy.js';
import { gpuRate } from './gpu-rate.js';
import { quote } from './pricing.js';
import { reason } from './reasons.js';
import type { PricingStrategy } from './strategy.js';

const strategies = new WeakMap<readonly PricingPolicy[], PricingStrategy>();

const create = (policies: readonly PricingPolicy[]): PricingStrategy => {
  const [policy] = policies;
  return {
    name: 'policy',
    pricesVaryByModel: false,
    worth: (gpu) => (policy === undefined ? undefined : gpuRate(policy, gpu)),
    price: ({ order, models, blockTimeMs }) => {
      if (policy === undefined) {
        const message = 'there is no price policy for this provider';
        return { ok: false, reasons: [reason('NoPricingPolicy', message, 'policies')] };
      }
      return quote(order.spec, models, policy, blockTimeMs);
    },
  };
};

/** The strategy that prices by `policies`; the same list gives the same strategy. */
export const policyStrategy = (policies: readonly PricingPolicy[]): PricingStrategy => {
  let strategy = strategies.get(policies);
  if (strategy === undefined) strategies.set(policies, (strategy = create(policies)));
  return strategy;
};
