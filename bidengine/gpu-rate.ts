/** Finds the rate of a GPU. */
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import type { Decimal } from '../market/money.js';
import { mostExact } from './gpu-kind.js';
import type { PricingPolicy } from './pricing-policy.js';

/** Policies do not change, so a rate is looked up once per policy and model. */
const known = new WeakMap<PricingPolicy, Map<string, Decimal | undefined>>();

/** USD per hour of one whole GPU by the most exact entry, `undefined` when none holds for it. */
export const gpuRate = (policy: PricingPolicy, gpu: GpuModel): Decimal | undefined => {
  let rates = known.get(policy);
  if (rates === undefined) known.set(policy, (rates = new Map<string, Decimal | undefined>()));
  const key = formatGpu(gpu);
  if (!rates.has(key)) rates.set(key, mostExact(policy.rates.gpus, gpu)?.usdPerHour);
  return rates.get(key);
};
