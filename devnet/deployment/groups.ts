/**
 * Checks of group specs that need no state (chain-sdk go/node/deployment/v1beta4). Most refusals are not registered
 * errors there either, hence codespace `undefined`, code 1.
 */
import type { ResourceUnit, Resources } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { isValidAmount, readAmount, type Amount } from '../akash/coins.js';
import { fromWhole } from '../akash/dec.js';
import { refusal, unregistered, wrapped } from '../akash/registered-error.js';
import { validateAttributes } from './attributes.js';
import { DEPLOYMENT_ERRORS as E } from './errors.js';
import type { GroupSpec } from './records.js';

const MIB = 1024n * 1024n;
const TIB = MIB * MIB;

/** Limits of one resource unit: CPU in thousandths, GPUs, bytes. */
export const UNIT_LIMITS = {
  cpu: { min: 10n, max: 384_000n },
  gpu: { min: 0n, max: 24n },
  memory: { min: MIB, max: 2n * TIB },
  storage: { min: 5n * MIB, max: 32n * TIB },
  count: { min: 1n, max: 50n },
} as const;

/** Most units in a group, and most groups in a deployment. */
export const MAX_UNITS = 20;
export const MAX_GROUPS = 20;
/** Highest unit price, per block. */
export const MAX_UNIT_PRICE = fromWhole(10_000_000n);

interface Value {
  readonly val: Uint8Array;
}

const decoder = new TextDecoder();

/** The number in a resource value, which is text on the wire; `undefined` when it is none. */
export const resourceNumber = (value: Value | undefined): bigint | undefined => {
  const text = decoder.decode(value?.val ?? new Uint8Array());
  return /^\d{1,30}$/.test(text) ? BigInt(text) : undefined;
};

const within = (name: keyof typeof UNIT_LIMITS, value: bigint | undefined): bigint => {
  const { min, max } = UNIT_LIMITS[name];
  if (value === undefined || value > max || value < min) {
    const label = name === 'cpu' || name === 'gpu' ? name.toUpperCase() : name;
    throw unregistered(`error: invalid unit ${label} (${max} > ${value ?? 'nil'} > ${min} fails)`);
  }
  return value;
};

const present = <T>(value: T | undefined, name: string): T => {
  if (value === undefined) throw unregistered(`error: invalid unit ${name}, cannot be nil`);
  return value;
};

const checkResources = (resources: Resources): void => {
  if (resources.id === 0) throw unregistered('error: invalid resources ID (> 0 fails)');
  const cpu = present(resources.cpu, 'CPU');
  within('cpu', resourceNumber(cpu.units));
  validateAttributes(cpu.attributes, true);
  const gpu = present(resources.gpu, 'GPU');
  if (within('gpu', resourceNumber(gpu.units)) === 0n && gpu.attributes.length > 0) {
    throw unregistered('error: invalid GPU state. attributes cannot be present if units == 0');
  }
  validateAttributes(gpu.attributes, true);
  const memory = present(resources.memory, 'memory');
  within('memory', resourceNumber(memory.quantity));
  validateAttributes(memory.attributes, true);
  for (const volume of resources.storage) {
    within('storage', resourceNumber(volume.quantity));
    validateAttributes(volume.attributes, true);
  }
};

const checkUnits = (spec: GroupSpec): void => {
  if (spec.resources.length === 0) throw unregistered(`group ${spec.name}: empty resources`);
  if (spec.resources.length > MAX_UNITS) {
    throw unregistered(
      `group ${spec.name}: too many units (${spec.resources.length} > ${MAX_UNITS})`,
    );
  }
  const seen = new Set<number>();
  for (const unit of spec.resources) {
    const resources = present(unit.resource, 'resources');
    checkResources(resources);
    within('count', BigInt(unit.count));
    if (seen.has(resources.id)) throw unregistered(`duplicate resources id (${resources.id})`);
    seen.add(resources.id);
  }
};

const checkUnitPrice = (unit: ResourceUnit): Amount => {
  const price = readAmount(unit.price);
  if (!isValidAmount(price)) throw unregistered('error: invalid price object');
  if (price.amount > MAX_UNIT_PRICE) {
    throw unregistered(
      `error: invalid unit price (${MAX_UNIT_PRICE / fromWhole(1n)} > ${unit.price?.amount ?? ''}${price.denom} fails)`,
    );
  }
  return price;
};

/** What the group pays per block: unit prices times counts, in the first unit's denomination. */
export const groupPrice = (spec: GroupSpec): Amount => {
  let amount = 0n;
  for (const unit of spec.resources) amount += readAmount(unit.price).amount * BigInt(unit.count);
  return { denom: readAmount(spec.resources[0]?.price).denom, amount };
};

/** @throws AppError undefined/1, akash/1, akash/2 */
export const validateGroup = (spec: GroupSpec): void => {
  if (spec.name === '') throw unregistered('empty group spec name denomination');
  checkUnits(spec);
  let first: Amount | undefined;
  for (const unit of spec.resources) {
    const price = checkUnitPrice(unit);
    first ??= price;
    if (price.denom !== first.denom) {
      throw unregistered(`multi-denonimation group: (${price.denom} == ${first.denom} fails)`);
    }
  }
};

/** All groups together: one denomination, different names. @throws AppError deployment/7, 24, 25 */
export const validateGroups = (specs: readonly GroupSpec[]): void => {
  if (specs.length === 0) throw refusal(E.invalidGroups);
  if (specs.length > MAX_GROUPS) {
    throw wrapped(E.invalidGroups, `too many groups (${specs.length} > ${MAX_GROUPS})`);
  }
  const denom = groupPrice(specs[0] ?? { name: '', requirements: undefined, resources: [] }).denom;
  const names = new Set<string>();
  for (const spec of specs) {
    const own = groupPrice(spec).denom;
    if (own !== denom) {
      throw wrapped(E.invalidPrice, `inconsistent group denomination: ${denom} != ${own}`);
    }
    validateGroup(spec);
    if (names.has(spec.name)) {
      throw wrapped(E.duplicateGroupName, `duplicate deployment group name ${spec.name}`);
    }
    names.add(spec.name);
  }
};
