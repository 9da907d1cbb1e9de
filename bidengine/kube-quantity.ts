/**
 * Kubernetes quantities, exactly. Grammar (apimachinery resource.Quantity): a signed decimal number followed by a binary
 * suffix (Ki Mi Gi Ti Pi Ei), a decimal suffix (n u m none k M G T P E) or a decimal exponent (e3, E-3).
 */

/** Thrown for text of another form, a negative amount, or one beyond any machine. */
export class QuantityFormatError extends Error {
  readonly text: string;
  constructor(text: string, problem: string) {
    super(`quantity "${text}" ${problem}`);
    this.name = 'QuantityFormatError';
    this.text = text;
  }
}

export const isQuantityFormatError = (error: unknown): error is QuantityFormatError =>
  error instanceof QuantityFormatError;

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE])|[eE]([+-]?\d{1,3}))?$/;

/** What a suffix multiplies by: a power of two, or one of ten. */
const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
};
const DECIMAL_EXPONENT: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** Digits and exponents beyond these describe nothing real and would only cost time. */
const MOST_DIGITS = 64;
const MOST_EXPONENT = 40;

/** How a fraction of the wanted unit is treated: what a node has is rounded down, what a pod asks for up. */
export type Rounding = 'down' | 'up';

/** A quantity as `digits * 10^exponent`. */
interface Scaled {
  readonly digits: bigint;
  readonly exponent: number;
}

/** @throws QuantityFormatError */
const read = (text: string): Scaled => {
  const match = FORM.exec(text);
  const [, sign = '', whole = '', fraction = '', suffix = '', exponent] = match ?? [];
  const number = whole + fraction;
  if (match === null || number === '') {
    throw new QuantityFormatError(text, 'must be a number with an optional suffix such as Gi or m');
  }
  const shift = exponent === undefined ? (DECIMAL_EXPONENT[suffix] ?? 0) : Number(exponent);
  if (number.length > MOST_DIGITS || Math.abs(shift) > MOST_EXPONENT) {
    throw new QuantityFormatError(text, 'is larger or finer than any machine');
  }
  const digits = BigInt(number);
  if (sign === '-' && digits > 0n) throw new QuantityFormatError(text, 'is negative');
  return { digits: digits * (BINARY[suffix] ?? 1n), exponent: shift - fraction.length };
};

/**
 * The amount in units of 10^-`places`: 0 for bytes, GPUs and pods, 3 for thousandths of a core.
 * @throws QuantityFormatError
 */
export const parseQuantity = (text: string, places: 0 | 3, rounding: Rounding): bigint => {
  const { digits, exponent } = read(text);
  const shift = exponent + places;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (rounding === 'up' ? digits + divisor - 1n : digits) / divisor;
};
