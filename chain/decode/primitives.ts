/** Checked steps from the SDK's decoded messages to plain values. */
import { Decimal, parseDecimal } from '../../market/money.js';
import type { Coin, DecCoin } from '../../market/money.js';
import type { Attribute } from '../../market/attributes.js';
import { ChainDecodeError } from '../errors.js';

/** @throws ChainDecodeError when a message that the chain always sets is missing */
export const required = <T>(value: T | undefined, field: string): T => {
  if (value === undefined) throw new ChainDecodeError(field, 'missing');
  return value;
};

/** A `Long` of the SDK as bigint. */
export const toBigInt = (value: { toString(): string }): bigint => BigInt(value.toString());

/** Name of an enum number in this room's table. @throws ChainDecodeError on a number it does not know */
export const named = <T>(table: Readonly<Record<number, T>>, value: number, field: string): T => {
  const name = table[value];
  if (name === undefined) throw new ChainDecodeError(field, `unknown value ${value}`);
  return name;
};

/** An amount with decimals; the chain may hold a negative one in an overdrawn account. @throws ChainDecodeError */
export const toDecimal = (text: string, field: string): Decimal => {
  try {
    if (text === '') return new Decimal('0');
    return text.startsWith('-') ? parseDecimal(text.slice(1)).neg() : parseDecimal(text);
  } catch (cause) {
    throw new ChainDecodeError(field, `not an amount: "${text}"`, { cause });
  }
};

/** A DecCoin or Balance of the SDK, whose codecs give plain decimals. @throws ChainDecodeError */
export const toDecCoin = (
  coin: { readonly denom: string; readonly amount: string } | undefined,
  field: string,
): DecCoin => {
  const { denom, amount } = required(coin, field);
  return { denom, amount: toDecimal(amount, `${field}.amount`) };
};

/** @throws ChainDecodeError */
export const toCoin = (
  coin: { readonly denom: string; readonly amount: string } | undefined,
  field: string,
): Coin => {
  const { denom, amount } = required(coin, field);
  return { denom, amount: toWhole(amount, `${field}.amount`) };
};

/** A non-negative whole number in text, empty meaning 0. @throws ChainDecodeError */
export const toWhole = (text: string, field: string): bigint => {
  if (!/^\d{0,78}$/.test(text)) {
    throw new ChainDecodeError(field, `not a whole number: "${text}"`);
  }
  return BigInt(text);
};

/** Key and value only, as plain data. */
export const toAttributes = (attributes: readonly Attribute[]): readonly Attribute[] =>
  attributes.map(({ key, value }) => ({ key, value }));
