/** A store that charges for every access, at the Cosmos SDK's key/value prices. */
import { recordWriteGas } from './index-costs.js';
import type { GasMeter, Store } from './module.js';

const READ_FLAT = 1000n;
const READ_PER_BYTE = 3n;
const WRITE_FLAT = 2000n;
const WRITE_PER_BYTE = 30n;
const DELETE_FLAT = 1000n;
const ITERATE_FLAT = 30n;

/** Characters by which an address in our text keys is longer than its 20 bytes in the real chain's binary keys. */
const ADDRESS_EXCESS = 24;
const ADDRESS_START = 'akash1';

/** The length of a key as the real chain would store it. */
const keyLength = (key: string): number => {
  let length = key.length;
  for (let at = key.indexOf(ADDRESS_START); at >= 0; at = key.indexOf(ADDRESS_START, at + 1)) {
    length -= ADDRESS_EXCESS;
  }
  return length;
};

/** Wraps `inner` so that reads, writes, deletions and iteration steps consume from `gas`. */
export const meteredStore = (inner: Store, gas: GasMeter): Store => ({
  get(key) {
    gas.consume(READ_FLAT, 'ReadFlat');
    const value = inner.get(key);
    gas.consume(READ_PER_BYTE * BigInt(keyLength(key) + (value?.length ?? 0)), 'ReadPerByte');
    return value;
  },
  set(key, value) {
    gas.consume(WRITE_FLAT, 'WriteFlat');
    gas.consume(WRITE_PER_BYTE * BigInt(keyLength(key) + value.length), 'WritePerByte');
    gas.consume(recordWriteGas(key), 'secondary indexes');
    inner.set(key, value);
  },
  delete(key) {
    gas.consume(DELETE_FLAT, 'Delete');
    inner.delete(key);
  },
  *iterate(prefix, options) {
    for (const entry of inner.iterate(prefix, options)) {
      gas.consume(READ_PER_BYTE * BigInt(keyLength(entry[0]) + entry[1].length), 'ValuePerByte');
      gas.consume(ITERATE_FLAT, 'IterNextFlat');
      yield entry;
    }
  },
});
