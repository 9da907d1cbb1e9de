/** What of a price book is allowed and seldom meant. */
import type { PricingPolicy } from '../../bidengine/pricing-policy.js';

/** One sentence each, which does not name the book. */
export const policyDoubts = ({
  rates,
  floorUsdPerHour,
  costs,
}: PricingPolicy): readonly string[] => [
  ...(rates.gpus.some((g) => g.model === '*')
    ? []
    : ['no rate for model "*": orders that get another GPU than those listed are not bid on']),
  ...('*' in rates.storageGibUsdPerHour
    ? []
    : ['no storage rate for "*": orders for another class than those listed are not bid on']),
  ...(floorUsdPerHour === undefined && costs === undefined
    ? ['neither floorUsdPerHour nor costs: nothing keeps a price above what it costs you']
    : []),
];
