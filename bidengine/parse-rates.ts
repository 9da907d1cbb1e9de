/** Reads rates per hour and per month into one table per hour. */
import { Decimal } from '../market/money.js';
import {
  below,
  decimalAt,
  eachAt,
  fieldsAt,
  optional,
  PricingPolicyError,
  textAt,
} from './parse-fields.js';
import type { Fields } from './parse-fields.js';
import type { GpuKind, GpuRate, Rates } from './pricing-policy.js';

const RAM = /^[1-9]\d{0,4}Gi$/;

/** The four fields that name a kind of GPU; `*` says the same as leaving a part out. */
export const GPU_KIND_FIELDS = ['vendor', 'model', 'ram', 'interface'] as const;

/** The kind of GPU that `fields` name. */
export const gpuKindOf = (fields: Fields, path: string): GpuKind => {
  const part = (name: 'ram' | 'interface'): string | undefined => {
    const value = optional(fields[name], below(path, name), textAt);
    return value === '*' ? undefined : value;
  };
  const ram = part('ram');
  if (ram !== undefined && !RAM.test(ram)) {
    throw new PricingPolicyError(`${path}.ram`, `must read like 80Gi, got "${ram}"`);
  }
  const iface = part('interface');
  if (iface !== undefined && iface !== 'pcie' && iface !== 'sxm') {
    throw new PricingPolicyError(`${path}.interface`, `must be pcie or sxm, got "${iface}"`);
  }
  return {
    vendor: textAt(fields['vendor'], `${path}.vendor`).toLowerCase(),
    model: textAt(fields['model'], `${path}.model`).toLowerCase(),
    ...(ram === undefined ? {} : { ram }),
    ...(iface === undefined ? {} : { interface: iface }),
  };
};

/** Refuses the second entry for one kind of GPU. */
export const refuseRepeats = (
  entries: readonly (readonly [path: string, kind: GpuKind])[],
): void => {
  const seen = new Map<string, string>();
  for (const [path, { vendor, model, ram = '', interface: iface = '' }] of entries) {
    const key = [vendor, model, ram, iface].join('/');
    const earlier = seen.get(key);
    if (earlier !== undefined) throw new PricingPolicyError(path, `repeats the GPU of ${earlier}`);
    seen.set(key, path);
  }
};

/** Names of the fields of one of the two tables, and how many hours its rates are for. */
interface Table {
  readonly path: 'rates' | 'monthlyRates';
  readonly suffix: 'UsdPerHour' | 'UsdPerMonth';
  readonly gpu: 'usdPerHour' | 'usdPerMonth';
  readonly hours: Decimal;
}

interface ReadTable {
  readonly table: Table;
  readonly scalars: ReadonlyMap<string, Decimal>;
  readonly storage: ReadonlyMap<string, Decimal>;
  readonly gpus: readonly (readonly [path: string, rate: GpuRate])[];
}

const SCALARS = ['cpu', 'memoryGib', 'endpoint', 'leasedIp'] as const;

const readTable = (value: unknown, table: Table, every: boolean): ReadTable => {
  const { path, suffix, gpu, hours } = table;
  const named = (resource: string): string => `${resource}${suffix}`;
  const known = [...['cpu', 'memoryGib', 'storageGib', 'endpoint', 'leasedIp'].map(named), 'gpus'];
  const fields = fieldsAt(value, path, known);
  const hourly = (rate: unknown, at: string): Decimal => decimalAt(rate, at).div(hours);
  const scalars = new Map<string, Decimal>();
  for (const resource of SCALARS) {
    const name = named(resource);
    if (every || fields[name] !== undefined) {
      scalars.set(resource, hourly(fields[name], `${path}.${name}`));
    }
  }
  const storageAt = `${path}.${named('storageGib')}`;
  const storage = fieldsAt(fields[named('storageGib')] ?? {}, storageAt);
  const gpus = eachAt(fields['gpus'], `${path}.gpus`, (entry, at) => {
    const own = fieldsAt(entry, at, [...GPU_KIND_FIELDS, gpu]);
    const usdPerHour = hourly(own[gpu], `${at}.${gpu}`);
    return [at, { ...gpuKindOf(own, at), usdPerHour }] as const;
  });
  return {
    table,
    scalars,
    storage: new Map(
      Object.entries(storage).map(([name, rate]) => [name, hourly(rate, `${storageAt}.${name}`)]),
    ),
    gpus,
  };
};

const ZERO = new Decimal('0');
const ONE = new Decimal('1');

/**
 * One table of the two: each rate may stand in either, and in one only. Without `monthly` every hourly rate has to be given.
 * @param hoursPerMonth above 0
 */
export const ratesAt = (hourly: unknown, monthly: unknown, hoursPerMonth: Decimal): Rates => {
  const perHour: Table = { path: 'rates', suffix: 'UsdPerHour', gpu: 'usdPerHour', hours: ONE };
  const tables = [readTable(hourly, perHour, monthly === undefined)];
  if (monthly !== undefined) {
    const hours = hoursPerMonth;
    const perMonth: Table = {
      path: 'monthlyRates',
      suffix: 'UsdPerMonth',
      gpu: 'usdPerMonth',
      hours,
    };
    tables.push(readTable(monthly, perMonth, false));
  }
  const scalar = (resource: (typeof SCALARS)[number]): Decimal => {
    const [first, second] = tables.flatMap((t) => {
      const rate = t.scalars.get(resource);
      return rate === undefined || rate.eq(ZERO) ? [] : [{ t, rate }];
    });
    if (second !== undefined) {
      const { path, suffix } = second.t.table;
      throw new PricingPolicyError(`${path}.${resource}${suffix}`, `is also given in rates`);
    }
    return first?.rate ?? ZERO;
  };
  const storage: Record<string, Decimal> = {};
  for (const { table, storage: ofTable } of tables) {
    for (const [name, rate] of ofTable) {
      if (name in storage) {
        throw new PricingPolicyError(
          `${table.path}.storageGib${table.suffix}.${name}`,
          'is also given in rates',
        );
      }
      storage[name] = rate;
    }
  }
  const gpus = tables.flatMap((t) => t.gpus);
  refuseRepeats(gpus);
  return {
    cpuUsdPerHour: scalar('cpu'),
    memoryGibUsdPerHour: scalar('memoryGib'),
    storageGibUsdPerHour: storage,
    endpointUsdPerHour: scalar('endpoint'),
    leasedIpUsdPerHour: scalar('leasedIp'),
    gpus: gpus.map(([, rate]) => rate),
  };
};
