/** cosmos.base.v1beta1.Coin, read strictly. */
import type { Coin } from '../../market/money.js';
import { readFields, UnreadableError } from './strict-fields.js';

/** A coin with a whole, non-negative amount. @throws UnreadableError */
export const readCoin = (bytes: Uint8Array, what: string): Coin => {
  const fields = readFields(bytes, { 1: 'bytes', 2: 'bytes' }, what);
  const amount = fields.text(2);
  if (!/^\d{1,38}$/.test(amount)) {
    throw new UnreadableError(`${what}.amount is not a whole number`);
  }
  return { denom: fields.text(1), amount: BigInt(amount) };
};
