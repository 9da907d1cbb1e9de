/** Finds the rate of a GPU: the entry that says most about it wins. */
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import type { Decimal } from '../market/money.js';
import type { GpuRate, PricingPolicy } from './pricing-policy.js';

const holds = (part: string | undefined, have: string | undefined): boolean =>
  part === undefined || part === have;

const applies = (rate: GpuRate, gpu: GpuModel): boolean =>
  (rate.vendor === '*' || rate.vendor === gpu.vendor) &&
  (rate.model === '*' || rate.model === gpu.model) &&
  holds(rate.ram, gpu.ram) &&
  holds(rate.interface, gpu.interface);

/** Model counts most, then memory, then interface, then vendor: exact, model+ram, model+interface, model, … `*`. */
const precision = (rate: GpuRate): number =>
  (rate.model === '*' ? 0 : 8) +
  (rate.ram === undefined ? 0 : 4) +
  (rate.interface === undefined ? 0 : 2) +
  (rate.vendor === '*' ? 0 : 1);

const lookup = (policy: PricingPolicy, gpu: GpuModel): Decimal | undefined => {
  let best: GpuRate | undefined;
  for (const rate of policy.rates.gpus) {
    if (!applies(rate, gpu)) continue;
    if (best === undefined || precision(rate) > precision(best)) best = rate;
  }
  return best?.usdPerHour;
};

/** Policies do not change, so a rate is looked up once per policy and model. */
const known = new WeakMap<PricingPolicy, Map<string, Decimal | undefined>>();

/** USD per hour of one whole GPU, `undefined` when no entry holds for it. Of equal entries the first counts. */
export const gpuRate = (policy: PricingPolicy, gpu: GpuModel): Decimal | undefined => {
  let rates = known.get(policy);
  if (rates === undefined) known.set(policy, (rates = new Map<string, Decimal | undefined>()));
  const key = formatGpu(gpu);
  if (!rates.has(key)) rates.set(key, lookup(policy, gpu));
  return rates.get(key);
};
