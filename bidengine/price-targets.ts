/**
 * The published price script's arithmetic (provider-wire 1.7), from its documented facts, and the price book that gives the
 * same prices. A month is 429,909 blocks to it, whatever the chain does.
 */
import { Big } from 'big.js';
import { Decimal, parseDecimal } from '../market/money.js';
import type { GroupSpec } from '../market/resources.js';
import { storageClassOf } from '../market/resources.js';
import { demandOf } from './demand.js';
import type { GpuModel } from '../market/gpu.js';

/** `PRICE_TARGET_*` settings, US dollars per month, as text. */
export type PriceTargets = Readonly<Record<string, string | undefined>>;

/** Blocks that the script takes for a month. */
export const SCRIPT_BLOCKS_PER_MONTH = 429_909;
/** With 730.4870425 hours and 6,117 ms per block a month has exactly so many blocks. */
export const SCRIPT_HOURS_PER_MONTH = '730.4870425';
export const SCRIPT_BLOCK_TIME_MS = 6_117;

/** What the script takes where a setting is missing. */
export const TARGET_DEFAULTS = {
  PRICE_TARGET_CPU: '1.60',
  PRICE_TARGET_MEMORY: '0.80',
  PRICE_TARGET_HD_EPHEMERAL: '0.02',
  PRICE_TARGET_HD_PERS_HDD: '0.01',
  PRICE_TARGET_HD_PERS_SSD: '0.03',
  PRICE_TARGET_HD_PERS_NVME: '0.04',
  PRICE_TARGET_ENDPOINT: '0.05',
  PRICE_TARGET_IP: '5',
} as const;
export type TargetName = keyof typeof TARGET_DEFAULTS;

/** Which setting prices which storage class. */
export const CLASS_TARGETS: Readonly<Record<string, TargetName>> = {
  ephemeral: 'PRICE_TARGET_HD_EPHEMERAL',
  beta1: 'PRICE_TARGET_HD_PERS_HDD',
  beta2: 'PRICE_TARGET_HD_PERS_SSD',
  beta3: 'PRICE_TARGET_HD_PERS_NVME',
};

/** Thrown for a setting that cannot be read. */
export class PriceTargetError extends Error {
  /** The setting. */
  readonly field: string;
  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`);
    this.name = 'PriceTargetError';
    this.field = field;
  }
}

const amount = (text: string, field: string): Decimal => {
  try {
    return parseDecimal(text.trim());
  } catch (cause) {
    throw new PriceTargetError(
      field,
      `must be US dollars such as 1.60, got "${text}" (${String(cause)})`,
    );
  }
};

/** US dollars per unit and month. @throws PriceTargetError */
export const target = (targets: PriceTargets, name: TargetName): Decimal => {
  const given = targets[name];
  return amount(given === undefined || given === '' ? TARGET_DEFAULTS[name] : given, name);
};

const MAPPINGS = 'PRICE_TARGET_GPU_MAPPINGS';

/** `model`, `model.ram` or `model.ram.interface` to US dollars per month, in the order given. @throws PriceTargetError */
export const gpuMappings = (targets: PriceTargets): ReadonlyMap<string, Decimal> => {
  const text = targets[MAPPINGS]?.trim() ?? '';
  const mappings = new Map<string, Decimal>();
  for (const part of text === '' ? [] : text.split(',')) {
    const [key = '', usd, ...rest] = part.trim().split('=');
    if (usd === undefined || rest.length > 0 || !/^[a-z0-9]+(\.[^.]+){0,2}$/.test(key)) {
      throw new PriceTargetError(
        MAPPINGS,
        `must read like a100=950,a100.80Gi.sxm=1100, got "${part}"`,
      );
    }
    mappings.set(key, amount(usd, MAPPINGS));
  }
  return mappings;
};

const HUNDRED = new Decimal('100');

/** What the script asks for a GPU that no key names: the dearest of all, and at least 100. */
export const fallbackGpu = (mappings: ReadonlyMap<string, Decimal>): Decimal =>
  [...mappings.values()].reduce((most, usd) => (usd.gt(most) ? usd : most), HUNDRED);

/** The script's look-up: the whole key, then without its last part, then the model alone, then the fall-back. */
const scriptGpu = (mappings: ReadonlyMap<string, Decimal>, gpu: GpuModel): Decimal => {
  const parts = [gpu.model, gpu.ram, gpu.interface].filter((p) => p !== undefined);
  const keys = [parts.join('.'), parts.slice(0, -1).join('.'), gpu.model];
  for (const key of keys) {
    const usd = mappings.get(key);
    if (usd !== undefined) return usd;
  }
  return fallbackGpu(mappings);
};

const GIB = new Decimal(String(2n ** 30n));
const THOUSAND = new Decimal('1000');
const MILLION = new Decimal('1000000');

/**
 * What the published script prints for a group in uact per block, at 6 places; `undefined` where there is no bid: the order
 * pays less, or the price is 0. Classes that it does not know cost nothing.
 * @throws PriceTargetError
 */
export const scriptPrice = (
  group: GroupSpec,
  models: ReadonlyMap<number, GpuModel>,
  targets: PriceTargets,
): Decimal | undefined => {
  const mappings = gpuMappings(targets);
  let month = new Decimal('0');
  let offered = new Decimal('0');
  const add = (quantity: Decimal, usd: Decimal): void => {
    month = month.plus(quantity.times(usd));
  };
  for (const unit of group.units) {
    const { resources, count } = unit;
    const { exact } = demandOf(unit);
    const times = (n: bigint | number): Decimal => new Decimal(String(BigInt(n) * BigInt(count)));
    offered = offered.plus(unit.price.amount.times(String(count)));
    add(times(exact.milliCpu).div(THOUSAND), target(targets, 'PRICE_TARGET_CPU'));
    add(times(exact.memoryBytes).div(GIB), target(targets, 'PRICE_TARGET_MEMORY'));
    for (const volume of resources.storage) {
      const name = CLASS_TARGETS[storageClassOf(volume)];
      if (name !== undefined) add(times(volume.quantityBytes).div(GIB), target(targets, name));
    }
    const leased = resources.endpoints.filter((e) => e.kind === 'LEASED_IP').length;
    add(times(resources.endpoints.length), target(targets, 'PRICE_TARGET_ENDPOINT'));
    add(times(leased), target(targets, 'PRICE_TARGET_IP'));
    const gpu = models.get(resources.id);
    if (gpu !== undefined) add(times(resources.gpu.units), scriptGpu(mappings, gpu));
  }
  const perBlock = month.times(MILLION).div(new Decimal(String(SCRIPT_BLOCKS_PER_MONTH)));
  const printed = perBlock.round(6, Big.roundHalfUp);
  return perBlock.gt(offered) || printed.eq('0') ? undefined : printed;
};
