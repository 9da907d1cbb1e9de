/** The terms of a price: every resource of a group times its rate. */
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import type { Reason } from '../market/reasons.js';
import type { GroupSpec } from '../market/resources.js';
import { demandOf, leasedIpsOf } from './demand.js';
import { gpuRate } from './gpu-rate.js';
import type { PriceTerm } from './input.js';
import { persistentTotals } from './persistent-storage.js';
import type { PricingPolicy } from './pricing-policy.js';
import { reason } from './reasons.js';

/** 2^-30 and 10^-3, exactly: a product needs no rounding. */
const GIB_PER_BYTE = new Decimal('0.000000000931322574615478515625');
const PER_MILLI = new Decimal('0.001');

const whole = (n: bigint | number): Decimal => new Decimal(String(n));
const gib = (bytes: bigint): Decimal => whole(bytes).times(GIB_PER_BYTE);

const term = (item: string, quantity: Decimal, usdPerHourEach: Decimal): PriceTerm => ({
  item,
  quantity,
  usdPerHourEach,
  usdPerHour: quantity.times(usdPerHourEach),
});

/** Shared HTTP and random-port endpoints; a service has them once, however many replicas it has. */
const endpointsOf = (group: GroupSpec): number =>
  group.units.reduce(
    (sum, u) => sum + u.resources.endpoints.filter((e) => e.kind !== 'LEASED_IP').length,
    0,
  );

const gpusByModel = (
  group: GroupSpec,
  models: ReadonlyMap<number, GpuModel>,
): ReadonlyMap<string, { gpu: GpuModel; count: bigint }> => {
  const byModel = new Map<string, { gpu: GpuModel; count: bigint }>();
  for (const { resources, count } of group.units) {
    const gpu = models.get(resources.id);
    if (gpu === undefined) continue;
    const key = formatGpu(gpu);
    const sum = (byModel.get(key)?.count ?? 0n) + resources.gpu.units * BigInt(count);
    byModel.set(key, { gpu, count: sum });
  }
  return byModel;
};

export interface PriceTerms {
  readonly terms: readonly PriceTerm[];
  /** A GPU or a storage class without a rate: then there is no price. */
  readonly missing: readonly Reason[];
}

/** `models`: the GPU each unit was given. Terms of quantity zero are left out. */
export const priceTerms = (
  group: GroupSpec,
  models: ReadonlyMap<number, GpuModel>,
  policy: PricingPolicy,
): PriceTerms => {
  const { rates, name } = policy;
  const terms: PriceTerm[] = [];
  const missing: Reason[] = [];
  for (const [key, { gpu, count }] of gpusByModel(group, models)) {
    const rate = gpuRate(policy, gpu);
    if (rate !== undefined) terms.push(term(key, whole(count), rate));
    else {
      const message = `policy ${name} has no rate for ${key}, not even one for *`;
      missing.push(reason('NoGpuRate', message, 'policy.rates.gpus'));
    }
  }
  const units = group.units.map(demandOf);
  const total = (of: (u: (typeof units)[number]) => bigint): bigint =>
    units.reduce((sum, u) => sum + of(u) * BigInt(u.count), 0n);
  const milliCpu = total((u) => u.exact.milliCpu);
  const memory = total((u) => u.exact.memoryBytes);
  terms.push(term('vCPU', whole(milliCpu).times(PER_MILLI), rates.cpuUsdPerHour));
  terms.push(term('memory GiB', gib(memory), rates.memoryGibUsdPerHour));
  const storage = new Map(persistentTotals(units));
  storage.set(
    'ephemeral',
    total((u) => u.exact.ephemeralBytes),
  );
  for (const [className, bytes] of storage) {
    if (bytes === 0n) continue;
    const rate = rates.storageGibUsdPerHour[className] ?? rates.storageGibUsdPerHour['*'];
    if (rate !== undefined) terms.push(term(`storage ${className} GiB`, gib(bytes), rate));
    else {
      const message = `policy ${name} has no rate for storage class ${className}`;
      missing.push(reason('NoStorageRate', message, 'policy.rates.storageGibUsdPerHour'));
    }
  }
  terms.push(term('endpoint', whole(endpointsOf(group)), rates.endpointUsdPerHour));
  terms.push(term('leased IP', whole(leasedIpsOf(group)), rates.leasedIpUsdPerHour));
  return { terms: terms.filter((t) => !t.quantity.eq('0')), missing };
};
