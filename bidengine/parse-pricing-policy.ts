/** Reads a price book from an object of decimal strings, as a PricingPolicy object's spec or a YAML file gives it. */
import { isAmountFormatError, parseDecimal } from '../market/money.js';
import type { Decimal } from '../market/money.js';
import type { GpuRate, PricingPolicy, Rates, TenantRules } from './pricing-policy.js';

/** Thrown for a price book that cannot be used; `field` is the path of the value at fault. */
export class PricingPolicyError extends Error {
  /** For example `rates.gpus[2].usdPerHour`. */
  readonly field: string;
  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`);
    this.name = 'PricingPolicyError';
    this.field = field;
  }
}

export const isPricingPolicyError = (error: unknown): error is PricingPolicyError =>
  error instanceof PricingPolicyError;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with no other keys than `known`: a misspelt rate must not silently be free. */
const fieldsAt = (value: unknown, path: string, known?: readonly string[]): Fields => {
  if (!isFields(value)) throw new PricingPolicyError(path, 'must be an object');
  const other =
    known === undefined ? undefined : Object.keys(value).find((k) => !known.includes(k));
  if (other !== undefined) {
    throw new PricingPolicyError(
      path === 'spec' ? other : `${path}.${other}`,
      `is unknown; known are ${known?.join(', ') ?? ''}`,
    );
  }
  return value;
};

const decimalAt = (value: unknown, path: string): Decimal => {
  if (typeof value !== 'string') {
    const got = value === undefined ? 'is missing' : 'must be a decimal in quotes';
    throw new PricingPolicyError(path, `${got}, for example "2.50"`);
  }
  try {
    return parseDecimal(value);
  } catch (error) {
    if (isAmountFormatError(error)) throw new PricingPolicyError(path, error.message);
    throw error;
  }
};

const listAt = (value: unknown, path: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw new PricingPolicyError(path, 'must be a list');
  return value;
};

const textAt = (value: unknown, path: string): string => {
  if (typeof value !== 'string' || value === '') {
    throw new PricingPolicyError(path, 'must be a text that is not empty');
  }
  return value;
};

const RAM = /^[1-9]\d{0,4}Gi$/;

const gpuAt = (value: unknown, path: string): GpuRate => {
  const known = ['vendor', 'model', 'ram', 'interface', 'usdPerHour'];
  const fields = fieldsAt(value, path, known);
  const ram = fields['ram'] === undefined ? undefined : textAt(fields['ram'], `${path}.ram`);
  if (ram !== undefined && !RAM.test(ram)) {
    throw new PricingPolicyError(`${path}.ram`, `must read like 80Gi, got "${ram}"`);
  }
  const iface =
    fields['interface'] === undefined
      ? undefined
      : textAt(fields['interface'], `${path}.interface`);
  if (iface !== undefined && iface !== 'pcie' && iface !== 'sxm') {
    throw new PricingPolicyError(`${path}.interface`, `must be pcie or sxm, got "${iface}"`);
  }
  return {
    vendor: textAt(fields['vendor'], `${path}.vendor`).toLowerCase(),
    model: textAt(fields['model'], `${path}.model`).toLowerCase(),
    usdPerHour: decimalAt(fields['usdPerHour'], `${path}.usdPerHour`),
    ...(ram === undefined ? {} : { ram }),
    ...(iface === undefined ? {} : { interface: iface }),
  };
};

const gpusAt = (value: unknown, path: string): readonly GpuRate[] => {
  const seen = new Map<string, number>();
  return listAt(value ?? [], path).map((entry, i) => {
    const rate = gpuAt(entry, `${path}[${i}]`);
    const key = [rate.vendor, rate.model, rate.ram ?? '', rate.interface ?? ''].join('/');
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      throw new PricingPolicyError(`${path}[${i}]`, `repeats the GPU of ${path}[${earlier}]`);
    }
    seen.set(key, i);
    return rate;
  });
};

const ratesAt = (value: unknown): Rates => {
  const known = [
    'cpuUsdPerHour',
    'memoryGibUsdPerHour',
    'storageGibUsdPerHour',
    'endpointUsdPerHour',
    'leasedIpUsdPerHour',
    'gpus',
  ];
  const fields = fieldsAt(value, 'rates', known);
  const at = (name: string): Decimal => decimalAt(fields[name], `rates.${name}`);
  const storagePath = 'rates.storageGibUsdPerHour';
  const storage = fieldsAt(fields['storageGibUsdPerHour'], storagePath);
  return {
    cpuUsdPerHour: at('cpuUsdPerHour'),
    memoryGibUsdPerHour: at('memoryGibUsdPerHour'),
    storageGibUsdPerHour: Object.fromEntries(
      Object.entries(storage).map(([name, rate]) => [
        name,
        decimalAt(rate, `${storagePath}.${name}`),
      ]),
    ),
    endpointUsdPerHour: at('endpointUsdPerHour'),
    leasedIpUsdPerHour: at('leasedIpUsdPerHour'),
    gpus: gpusAt(fields['gpus'], 'rates.gpus'),
  };
};

const tenantsAt = (value: unknown): TenantRules => {
  const fields = fieldsAt(value ?? {}, 'tenants', ['allow', 'deny']);
  const addresses = (name: 'allow' | 'deny'): readonly string[] =>
    listAt(fields[name] ?? [], `tenants.${name}`).map((entry, i) =>
      textAt(entry, `tenants.${name}[${i}]`),
    );
  return { allow: addresses('allow'), deny: addresses('deny') };
};

/**
 * `spec` holds decimals as strings, never numbers: `{ rates: { cpuUsdPerHour: "0.01", … }, floorUsdPerHour: "0.05" }`.
 * Every rate must be given; a resource that costs nothing says "0".
 * @throws PricingPolicyError naming the field
 */
export const parsePricingPolicy = (name: string, spec: unknown): PricingPolicy => {
  const limits = ['floorUsdPerHour', 'ceilingUsdPerHour', 'minimumUactPerBlock'] as const;
  const fields = fieldsAt(spec, 'spec', ['rates', ...limits, 'tenants']);
  const optional: Partial<Record<(typeof limits)[number], Decimal>> = {};
  for (const limit of limits) {
    if (fields[limit] !== undefined) optional[limit] = decimalAt(fields[limit], limit);
  }
  const { floorUsdPerHour: floor, ceilingUsdPerHour: ceiling } = optional;
  if (floor !== undefined && ceiling !== undefined && floor.gt(ceiling)) {
    const problem = `${ceiling.toFixed()} is less than floorUsdPerHour ${floor.toFixed()}, so no order could get a bid`;
    throw new PricingPolicyError('ceilingUsdPerHour', problem);
  }
  return {
    name,
    rates: ratesAt(fields['rates']),
    ...optional,
    tenants: tenantsAt(fields['tenants']),
  };
};
