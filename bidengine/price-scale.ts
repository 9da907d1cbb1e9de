/** The Akash provider's `scale` strategy (provider-wire 1.6): whole amounts times a number each, GPUs free. Fail-closed. */
import { Decimal } from '../market/money.js';
import { groupMaxPrice, isPersistent, storageClassOf } from '../market/resources.js';
import type { GroupSpec, StorageRequest } from '../market/resources.js';
import { leasedIpsOf } from './demand.js';
import { assetOf, priceRate } from './exchange.js';
import type { PriceTerm } from './input.js';
import { toUsdPerHour } from './price-rounding.js';
import { reason } from './reasons.js';
import type { PriceOutcome, PricingInput, PricingStrategy } from './strategy.js';

/** Smallest units of the order's coin per block for each unit of a resource. */
export interface Scales {
  readonly perMilliCpu: Decimal;
  readonly perMemoryMib: Decimal;
  /** By class; `ephemeral` for what does not persist. A class without a scale gets no bid. */
  readonly perStorageMib: Readonly<Record<string, Decimal>>;
  readonly perEndpoint: Decimal;
  readonly perLeasedIp: Decimal;
}

const ZERO = new Decimal('0');
/** 2^-20, exactly. */
const MIB_PER_BYTE = new Decimal('0.00000095367431640625');
const whole = (n: bigint | number): Decimal => new Decimal(String(n));

/** Thrown for scales that cannot be used. */
export class ScaleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScaleError';
  }
}

/**
 * Reads `0.1,beta2=0.2`, the form of `--bid-price-storage-scale`: the number that stands alone is of `ephemeral`.
 * @throws ScaleError
 */
export const parseStorageScales = (text: string): Readonly<Record<string, Decimal>> => {
  const scales: Record<string, Decimal> = {};
  for (const part of text.split(',')) {
    const match = /^(?:([a-z0-9]+)=)?(\d{1,20}(?:\.\d{1,18})?)$/.exec(part.trim());
    if (match === null)
      throw new ScaleError(`a storage scale reads like 0.1,beta2=0.2, got "${part}"`);
    const [, name = 'ephemeral', amount = '0'] = match;
    if (name in scales) throw new ScaleError(`storage class ${name} has two scales`);
    scales[name] = new Decimal(amount);
  }
  return scales;
};

const classOf = (volume: StorageRequest): string => {
  const named = storageClassOf(volume);
  return !isPersistent(volume) || named === 'ram' ? 'ephemeral' : named;
};

/** Bytes by class, over all replicas. */
const storageOf = (group: GroupSpec): ReadonlyMap<string, bigint> => {
  const byClass = new Map<string, bigint>();
  for (const { resources, count } of group.units) {
    for (const volume of resources.storage) {
      const name = classOf(volume);
      byClass.set(name, (byClass.get(name) ?? 0n) + volume.quantityBytes * BigInt(count));
    }
  }
  return byClass;
};

const total = (group: GroupSpec, of: (u: GroupSpec['units'][number]) => bigint): Decimal =>
  whole(group.units.reduce((sum, u) => sum + of(u), 0n));

type Part = readonly [item: string, quantity: Decimal, scale: Decimal];

const price = (scales: Scales, input: PricingInput): PriceOutcome => {
  const { spec } = input.order;
  const storage = [...storageOf(spec)];
  const unknown = storage.filter(([name]) => scales.perStorageMib[name] === undefined);
  if (unknown.length > 0) {
    const names = unknown.map(([name]) => name).join(', ');
    const message = `there is no scale for storage class ${names}`;
    return { ok: false, reasons: [reason('NoStorageRate', message, 'scale.storage')] };
  }
  const cpu = total(spec, (u) => u.resources.cpu.milliCpu * BigInt(u.count));
  const memory = total(spec, (u) => u.resources.memory.quantityBytes * BigInt(u.count));
  const endpoints = total(spec, (u) => BigInt(u.resources.endpoints.length));
  const parts: readonly Part[] = [
    ['milli-CPU', cpu, scales.perMilliCpu],
    ['memory MiB', memory.times(MIB_PER_BYTE), scales.perMemoryMib],
    ...storage.map(([name, bytes]): Part => [
      `storage ${name} MiB`,
      whole(bytes).times(MIB_PER_BYTE),
      scales.perStorageMib[name] ?? ZERO,
    ]),
    // Not times the replicas: that is how the Akash provider counts.
    ['endpoint', endpoints, scales.perEndpoint],
    ['leased IP', whole(leasedIpsOf(spec)), scales.perLeasedIp],
  ];
  const { denom } = groupMaxPrice(spec);
  const exact = parts.reduce((sum, [, quantity, scale]) => sum.plus(quantity.times(scale)), ZERO);
  const asset = assetOf(denom);
  // What a coin is worth matters only to those who read the breakdown: the price itself is in the coin.
  const rate = (asset === undefined ? undefined : priceRate(input.exchange, asset)) ?? ZERO;
  const usd = (amount: Decimal): Decimal => toUsdPerHour(amount.times(rate), input.blockTimeMs);
  return {
    ok: true,
    quote: {
      price: { denom, amount: exact.round(18, 3) },
      exact,
      usdPerHour: usd(exact),
      breakdown: parts
        .filter(([, quantity]) => quantity.gt(ZERO))
        .map(([item, quantity, scale]): PriceTerm => {
          const each = usd(scale);
          return { item, quantity, usdPerHourEach: each, usdPerHour: usd(quantity.times(scale)) };
        }),
      policy: 'scale',
      objections: [],
    },
  };
};

/** @throws ScaleError when every scale is zero: nothing is ever sold for nothing */
export const scaleStrategy = (scales: Scales): PricingStrategy => {
  const { perMilliCpu, perMemoryMib, perStorageMib, perEndpoint, perLeasedIp } = scales;
  const all = [
    perMilliCpu,
    perMemoryMib,
    perEndpoint,
    perLeasedIp,
    ...Object.values(perStorageMib),
  ];
  if (all.every((scale) => scale.eq(ZERO)))
    throw new ScaleError('at least one scale must not be 0');
  return {
    name: 'scale',
    pricesVaryByModel: false,
    worth: () => ZERO,
    price: (input) => price(scales, input),
  };
};
