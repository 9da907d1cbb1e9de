/**
 * Any plain data of ours as JSON and back without loss: whole numbers, exact decimals, maps and bytes survive. Keys come out
 * sorted, so that equal values have equal texts; functions and absent parts are left out.
 */
import { Decimal } from '../market/money.js';

export type Plain =
  null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** JSON of another form than `toPlain` makes. */
export class PlainFormatError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'PlainFormatError';
  }
}

export const isPlainFormatError = (error: unknown): error is PlainFormatError =>
  error instanceof PlainFormatError;

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

const isAbsent = (value: unknown): boolean =>
  value === undefined || typeof value === 'function' || typeof value === 'symbol';

/** Infinity and NaN have no JSON; nothing of ours that is kept holds one on purpose. */
const ofNumber = (value: number): Plain =>
  Number.isFinite(value) ? value : { $number: String(value) };

const entriesOf = (value: object): readonly (readonly [string, Plain])[] =>
  Object.entries(value)
    .filter(([, part]) => !isAbsent(part))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => [key, toPlain(part)] as const);

const ofObject = (value: object): Plain => {
  if (value instanceof Decimal) return { $dec: value.toFixed() };
  if (value instanceof Uint8Array) return { $hex: hex(value) };
  if (value instanceof Map) {
    return { $map: [...value].map(([k, v]) => [toPlain(k), toPlain(v)]) };
  }
  if (value instanceof Set) return { $set: [...value].map(toPlain) };
  const entries = entriesOf(value);
  return entries.some(([key]) => key.startsWith('$'))
    ? { $object: entries.map(([key, part]) => [key, part]) }
    : Object.fromEntries(entries);
};

/** The JSON form of `value`. */
export const toPlain = (value: unknown): Plain => {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value;
    case 'number':
      return ofNumber(value);
    case 'bigint':
      return { $int: value.toString() };
    case 'object':
      return Array.isArray(value) ? value.map(toPlain) : ofObject(value);
    default:
      return null;
  }
};

const text = (value: Plain | undefined, tag: string, form: RegExp): string => {
  if (typeof value === 'string' && form.test(value)) return value;
  throw new PlainFormatError(`${tag} does not hold what it should`);
};

const list = (value: Plain | undefined, tag: string): readonly Plain[] => {
  if (Array.isArray(value)) return value as readonly Plain[];
  throw new PlainFormatError(`${tag} is not a list`);
};

const pairs = (value: Plain | undefined, tag: string): readonly (readonly [unknown, unknown])[] =>
  list(value, tag).map((pair) => {
    const [key, part] = list(pair, tag);
    return [fromPlain(key ?? null), fromPlain(part ?? null)];
  });

const NUMBERS: Readonly<Record<string, number>> = {
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  NaN: Number.NaN,
};

const TAGS: Readonly<Record<string, (value: Plain | undefined) => unknown>> = {
  $int: (v) => BigInt(text(v, '$int', /^-?\d{1,100}$/)),
  $dec: (v) => new Decimal(text(v, '$dec', /^-?\d{1,100}(\.\d{1,100})?$/)),
  $hex: (v) =>
    Uint8Array.from(text(v, '$hex', /^([0-9a-f]{2})*$/).match(/../g) ?? [], (b) =>
      Number.parseInt(b, 16),
    ),
  $number: (v) => NUMBERS[text(v, '$number', /^(-?Infinity|NaN)$/)],
  $map: (v) => new Map(pairs(v, '$map')),
  $set: (v) => new Set(list(v, '$set').map(fromPlain)),
  $object: (v) =>
    Object.fromEntries(
      pairs(v, '$object').map(([key, part]) => [text(key as Plain, '$object', /^/), part]),
    ),
};

/** Inverse of {@link toPlain}, absent parts aside. @throws PlainFormatError */
export const fromPlain = (plain: Plain): unknown => {
  if (typeof plain !== 'object' || plain === null) return plain;
  if (Array.isArray(plain)) return plain.map(fromPlain);
  const entries = Object.entries(plain as Readonly<Record<string, Plain>>);
  const [tag, value] = entries[0] ?? ['', null];
  if (!tag.startsWith('$'))
    return Object.fromEntries(entries.map(([key, part]) => [key, fromPlain(part)]));
  const read = Object.hasOwn(TAGS, tag) ? TAGS[tag] : undefined;
  if (read === undefined || entries.length !== 1)
    throw new PlainFormatError(`${tag} is no form of this version`);
  return read(value);
};

/** The text of {@link toPlain}: equal for equal values. */
export const canonicalText = (value: unknown): string => JSON.stringify(toPlain(value));
