/** Nonces of unordered transactions: (timeout in nanoseconds, sender), kept until the timeout has passed. */
import type { Context } from '../kernel/module.js';
import { toNanos } from '../kernel/time.js';

const PREFIX = 'auth/n/';
const NANOS_DIGITS = 20;
const keyOf = (nanos: bigint, sender: string): string =>
  `${PREFIX}${nanos.toString().padStart(NANOS_DIGITS, '0')}/${sender}`;

/** Remembers the nonce; false when the sender has used it already. */
export const tryAddNonce = (context: Context, sender: string, nanos: bigint): boolean => {
  const key = keyOf(nanos, sender);
  if (context.store.get(key) !== undefined) return false;
  context.store.set(key, Uint8Array.of(1));
  return true;
};

/** Forgets every nonce whose timeout is not after the block's time: such a transaction cannot come again. */
export const removeExpiredNonces = (context: Context): void => {
  const now = keyOf(toNanos(context.time), '~');
  const expired: string[] = [];
  for (const [key] of context.store.iterate(PREFIX)) {
    if (key > now) break;
    expired.push(key);
  }
  for (const key of expired) context.store.delete(key);
};
