/** The terms of a price: every resource of a group times its rate. */
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import type { Reason } from '../market/reasons.js';
import type { GroupSpec } from '../market/resources.js';
import { leasedIpsOf } from './demand.js';
import type { UnitDemand } from './demand.js';
import type { PriceTerm } from './input.js';
import { persistentTotals } from './persistent-storage.js';
import type { PricedRate } from './price-book.js';
import type { OrderPrices } from './price-order.js';
import { reason } from './reasons.js';

/** 2^-30 and 10^-3, exactly: a product needs no rounding. */
const GIB_PER_BYTE = new Decimal('0.000000000931322574615478515625');
const PER_MILLI = new Decimal('0.001');
const NONE = new Decimal('0');

const whole = (n: bigint | number): Decimal => new Decimal(String(n));
const gib = (bytes: bigint): Decimal => whole(bytes).times(GIB_PER_BYTE);

const term = (item: string, quantity: Decimal, rate: PricedRate): PriceTerm => ({
  item,
  quantity,
  usdPerHourEach: rate.usdPerHour,
  usdPerHour: quantity.times(rate.usdPerHour),
  ...(rate.factors.length === 0 ? {} : { factors: rate.factors }),
});

const sumOver = (units: readonly UnitDemand[], of: (unit: UnitDemand) => bigint): bigint =>
  units.reduce((sum, u) => sum + of(u) * BigInt(u.count), 0n);

/** Shared HTTP and random-port endpoints; a service has them once, however many replicas it has. */
const endpointsOf = (group: GroupSpec): number =>
  group.units.reduce(
    (sum, u) => sum + u.resources.endpoints.filter((e) => e.kind !== 'LEASED_IP').length,
    0,
  );

/** As price scripts count: every endpoint, and every leased one again as an address, times the replicas. */
const perReplica = (group: GroupSpec, leasedOnly: boolean): number =>
  group.units.reduce(
    (sum, u) =>
      sum +
      u.count * u.resources.endpoints.filter((e) => !leasedOnly || e.kind === 'LEASED_IP').length,
    0,
  );

export interface PriceTerms {
  readonly terms: readonly PriceTerm[];
  /** A GPU or a storage class without a rate: then there is no price. */
  readonly missing: readonly Reason[];
  /** What the GPUs cost their owner per hour; 0 when the book does not say. */
  readonly costUsdPerHour: Decimal;
}

/** GPUs of one price are one term: replicas of other sizes may pay otherwise for scarcity. */
const gpuTerms = (
  units: readonly UnitDemand[],
  models: ReadonlyMap<number, GpuModel>,
  prices: OrderPrices,
): PriceTerms => {
  const byPrice = new Map<string, { key: string; rate: PricedRate; count: bigint }>();
  const missing = new Map<string, Reason>();
  let costUsdPerHour = NONE;
  for (const unit of units) {
    const gpu = models.get(unit.unitId);
    if (gpu === undefined) continue;
    const key = formatGpu(gpu);
    const rate = prices.gpu(gpu, unit.each.gpus);
    const count = unit.exact.gpus * BigInt(unit.count);
    if (rate === undefined) {
      const message = `policy ${prices.policy.name} has no rate for ${key}, not even one for *`;
      missing.set(key, reason('NoGpuRate', message, 'policy.rates.gpus'));
      continue;
    }
    if (rate.cost !== undefined) {
      costUsdPerHour = costUsdPerHour.plus(rate.cost.usdPerHour.times(whole(count)));
    }
    const group = `${key} ${rate.usdPerHour.toFixed()}`;
    byPrice.set(group, { key, rate, count: (byPrice.get(group)?.count ?? 0n) + count });
  }
  const terms = [...byPrice.values()].map(({ key, rate, count }) => term(key, whole(count), rate));
  return { terms, missing: [...missing.values()], costUsdPerHour };
};

/** `models`: the GPU each unit was given. Terms of quantity zero are left out. */
export const priceTerms = (
  group: GroupSpec,
  units: readonly UnitDemand[],
  models: ReadonlyMap<number, GpuModel>,
  prices: OrderPrices,
): PriceTerms => {
  const { rates, name, countEndpoints } = prices.policy;
  const gpus = gpuTerms(units, models, prices);
  const terms = [...gpus.terms];
  const missing = [...gpus.missing];
  const add = (
    item: string,
    quantity: Decimal,
    usdPerHour: Decimal,
    curve?: 'cpu' | 'memory',
  ): void => {
    if (!quantity.eq(NONE)) terms.push(term(item, quantity, prices.rate(usdPerHour, curve)));
  };
  const milliCpu = sumOver(units, (u) => u.exact.milliCpu);
  add('vCPU', whole(milliCpu).times(PER_MILLI), rates.cpuUsdPerHour, 'cpu');
  const memory = sumOver(units, (u) => u.exact.memoryBytes);
  add('memory GiB', gib(memory), rates.memoryGibUsdPerHour, 'memory');
  const storage = new Map(persistentTotals(units));
  storage.set(
    'ephemeral',
    sumOver(units, (u) => u.exact.ephemeralBytes),
  );
  for (const [className, bytes] of storage) {
    if (bytes === 0n) continue;
    const rate = rates.storageGibUsdPerHour[className] ?? rates.storageGibUsdPerHour['*'];
    if (rate !== undefined) add(`storage ${className} GiB`, gib(bytes), rate);
    else {
      const message = `policy ${name} has no rate for storage class ${className}`;
      missing.push(reason('NoStorageRate', message, 'policy.rates.storageGibUsdPerHour'));
    }
  }
  const byReplica = countEndpoints === 'replica';
  const endpoints = byReplica ? perReplica(group, false) : endpointsOf(group);
  add('endpoint', whole(endpoints), rates.endpointUsdPerHour);
  const addresses = byReplica ? perReplica(group, true) : leasedIpsOf(group);
  add('leased IP', whole(addresses), rates.leasedIpUsdPerHour);
  return { terms, missing, costUsdPerHour: gpus.costUsdPerHour };
};
