/** Running totals of the engine, per denomination, and its other whole numbers. */
import type { Context } from '../kernel/module.js';

/** `pending`: asked for and not yet executed. `remint`: uakt kept instead of burned. `burned`, `minted`: since start. */
export type Counter = 'pending' | 'remint' | 'burned' | 'minted' | 'epoch';

const keyOf = (counter: Counter, name: string): string => `bme/n/${counter}/${name}`;
const text = { encode: new TextEncoder(), decode: new TextDecoder() };

/** 0 when never counted. */
export const getCount = (context: Context, counter: Counter, name: string): bigint => {
  const bytes = context.store.get(keyOf(counter, name));
  return bytes === undefined ? 0n : BigInt(text.decode.decode(bytes));
};

export const setCount = (context: Context, counter: Counter, name: string, value: bigint): void => {
  context.store.set(keyOf(counter, name), text.encode.encode(value.toString()));
};

export const addCount = (context: Context, counter: Counter, name: string, more: bigint): void => {
  setCount(context, counter, name, getCount(context, counter, name) + more);
};

/** Every denomination of `counter` with its total, by name. */
export const counts = (
  context: Context,
  counter: Counter,
): readonly { readonly denom: string; readonly amount: bigint }[] =>
  Array.from(context.store.iterate(keyOf(counter, '')), ([key, bytes]) => ({
    denom: key.slice(keyOf(counter, '').length),
    amount: BigInt(text.decode.decode(bytes)),
  }));
