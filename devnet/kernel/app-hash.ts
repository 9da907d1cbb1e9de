/** The app hash: a chain of SHA-256 over each block's changes, in key order. Equal genesis and blocks give equal hashes. */
import { createHash } from 'node:crypto';
import type { Writes } from './branch.js';

const length = (n: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
};

/** Hash of the state after `writes` were applied to the state with hash `previous` (empty before genesis). */
export const nextAppHash = (previous: Uint8Array, height: bigint, writes: Writes): Uint8Array => {
  const hash = createHash('sha256').update(previous).update(`/${height}/`);
  for (const key of [...writes.keys()].sort()) {
    const value = writes.get(key);
    hash.update(length(key.length)).update(key);
    if (value === undefined) hash.update(Uint8Array.of(0));
    else hash.update(Uint8Array.of(1)).update(length(value.length)).update(value);
  }
  return new Uint8Array(hash.digest());
};
