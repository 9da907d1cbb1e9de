/** Reads values out of plain objects; every refusal names the path of the field at fault. */
import type { Decimal } from '../market/money.js';
import { isAmountFormatError, parseDecimal } from '../market/money.js';

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

export type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The path of `name` in the object at `path`; the whole book is the empty path. */
export const below = (path: string, name: string): string =>
  path === '' ? name : `${path}.${name}`;

/** An object with no other keys than `known`: a misspelt rate must not silently be free. */
export const fieldsAt = (value: unknown, path: string, known?: readonly string[]): Fields => {
  if (!isFields(value))
    throw new PricingPolicyError(path === '' ? 'spec' : path, 'must be an object');
  const other =
    known === undefined ? undefined : Object.keys(value).find((k) => !known.includes(k));
  if (other !== undefined) {
    throw new PricingPolicyError(
      below(path, other),
      `is unknown; known are ${known?.join(', ') ?? ''}`,
    );
  }
  return value;
};

/** A non-negative decimal, in quotes because a YAML number is a float. */
export const decimalAt = (value: unknown, path: string): Decimal => {
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

/** A decimal within bounds, both of them allowed. */
export const boundedAt = (
  value: unknown,
  path: string,
  { min, max }: { readonly min?: string; readonly max?: string },
): Decimal => {
  const decimal = decimalAt(value, path);
  if (min !== undefined && decimal.lt(min)) {
    throw new PricingPolicyError(path, `must be at least ${min}, got ${decimal.toFixed()}`);
  }
  if (max !== undefined && decimal.gt(max)) {
    throw new PricingPolicyError(path, `must be at most ${max}, got ${decimal.toFixed()}`);
  }
  return decimal;
};

/** A decimal above zero. */
export const positiveAt = (value: unknown, path: string): Decimal => {
  const decimal = decimalAt(value, path);
  if (decimal.gt('0')) return decimal;
  throw new PricingPolicyError(path, `must be above 0, got ${decimal.toFixed()}`);
};

/** A whole number within bounds, both of them allowed. */
export const integerAt = (value: unknown, path: string, min: number, max: number): number => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  const got = value === undefined ? 'is missing' : `got ${JSON.stringify(value)}`;
  throw new PricingPolicyError(path, `must be a whole number from ${min} to ${max}, ${got}`);
};

export const listAt = (value: unknown, path: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw new PricingPolicyError(path, 'must be a list');
  return value;
};

/** A list that is not there is empty. */
export const eachAt = <T>(
  value: unknown,
  path: string,
  read: (item: unknown, path: string) => T,
): readonly T[] => listAt(value ?? [], path).map((item, i) => read(item, `${path}[${i}]`));

export const textAt = (value: unknown, path: string): string => {
  if (typeof value !== 'string' || value === '') {
    throw new PricingPolicyError(path, 'must be a text that is not empty');
  }
  return value;
};

/** One of a few words. */
export const wordAt = <T extends string>(value: unknown, path: string, words: readonly T[]): T => {
  const word = words.find((w) => w === value);
  if (word !== undefined) return word;
  throw new PricingPolicyError(path, `must be ${words.join(' or ')}, got ${JSON.stringify(value)}`);
};

/** `value` read by `read`, or nothing when it is not there. */
export const optional = <T>(
  value: unknown,
  path: string,
  read: (value: unknown, path: string) => T,
): T | undefined => (value === undefined ? undefined : read(value, path));

/** The same object without the keys that have no value. */
export const present = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never;
