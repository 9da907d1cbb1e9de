/**
 * Decimals of the state machine: integers counted in 10^-18, as cosmos `LegacyDec` holds them. Every operation rounds
 * as `LegacyDec` does, so that the same blocks give the same amounts.
 */

/** A decimal in units of 10^-18. */
export type Dec = bigint;

/** 1.0 */
export const ONE: Dec = 10n ** 18n;

/** A whole number as a decimal. */
export const fromWhole = (whole: bigint): Dec => whole * ONE;

/** Whole units of `value`, cut toward zero (`TruncateInt`). */
export const truncateToWhole = (value: Dec): bigint => value / ONE;

/** `value` without its fraction (`TruncateDec`). */
export const truncateFraction = (value: Dec): Dec => truncateToWhole(value) * ONE;

/** Division to the nearest integer, halves to the even one (`chopPrecisionAndRound`). */
const divideRounding = (numerator: bigint, denominator: bigint): bigint => {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const quotient = n / d;
  const twice = (n % d) * 2n;
  const up = twice > d || (twice === d && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
};

/** `a × b`, rounded half to even (`Mul`). */
export const multiply = (a: Dec, b: Dec): Dec => divideRounding(a * b, ONE);

/**
 * `a ÷ b`, rounded half to even (`Quo`).
 * @throws RangeError when `b` is zero
 */
export const divide = (a: Dec, b: Dec): Dec => divideRounding(a * ONE, b);

/** Parses the text of a decimal, plain (`12.5`) and possibly negative. @throws RangeError on any other text */
export const parseDec = (text: string): Dec => {
  const match = /^(-?)(\d{1,60})(?:\.(\d{1,18}))?$/.exec(text);
  if (match === null) throw new RangeError(`not a decimal: "${text}"`);
  const digits = BigInt((match[2] ?? '0') + (match[3] ?? '').padEnd(18, '0'));
  return match[1] === '-' ? -digits : digits;
};

/** Prints with exactly 18 places, as events do: `500.000000000000000000`. */
export const formatDec = (value: Dec): string => {
  const digits = (value < 0n ? -value : value).toString().padStart(19, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -18)}.${digits.slice(-18)}`;
};
