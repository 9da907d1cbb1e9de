/**
 * A branch of a store: reads fall through, writes stay here until `write()` hands them down. Branches nest: block over
 * committed state, transaction over block, messages over transaction.
 */
import type { Store } from './module.js';

/** What a branch has changed: a value, or `undefined` where the key was deleted. */
export type Writes = ReadonlyMap<string, Uint8Array | undefined>;

type Entry = readonly [key: string, value: Uint8Array];

/** Whether `a` comes before `b` in the direction walked. */
const before = (a: string, b: string, reverse: boolean): boolean => (reverse ? a > b : a < b);

export class Branch implements Store {
  readonly #parent: Store;
  readonly #writes = new Map<string, Uint8Array | undefined>();

  constructor(parent: Store) {
    this.#parent = parent;
  }

  get(key: string): Uint8Array | undefined {
    return this.#writes.has(key) ? this.#writes.get(key) : this.#parent.get(key);
  }

  set(key: string, value: Uint8Array): void {
    this.#writes.set(key, value);
  }

  delete(key: string): void {
    this.#writes.set(key, undefined);
  }

  /** Writes made while an iteration runs may or may not be seen by it. */
  *iterate(
    prefix: string,
    options: { readonly after?: string; readonly reverse?: boolean } = {},
  ): Iterable<Entry> {
    const { after, reverse = false } = options;
    const own = this.#keysUnder(prefix, after, reverse);
    let next = 0;
    for (const entry of this.#parent.iterate(prefix, options)) {
      for (; next < own.length && before(own[next] ?? '', entry[0], reverse); next += 1) {
        yield* this.#entry(own[next] ?? '');
      }
      if (own[next] === entry[0]) {
        next += 1;
        yield* this.#entry(entry[0]);
      } else {
        yield entry;
      }
    }
    for (; next < own.length; next += 1) yield* this.#entry(own[next] ?? '');
  }

  /** The changes of this branch alone. */
  writes(): Writes {
    return this.#writes;
  }

  /** Hands every change down to the parent. */
  write(): void {
    for (const [key, value] of this.#writes) {
      if (value === undefined) this.#parent.delete(key);
      else this.#parent.set(key, value);
    }
    this.#writes.clear();
  }

  #keysUnder(prefix: string, after: string | undefined, reverse: boolean): readonly string[] {
    const keys: string[] = [];
    for (const key of this.#writes.keys()) {
      if (!key.startsWith(prefix)) continue;
      if (after === undefined || before(after, key, reverse)) keys.push(key);
    }
    keys.sort((a, b) => (before(a, b, reverse) ? -1 : 1));
    return keys;
  }

  *#entry(key: string): Iterable<Entry> {
    const value = this.#writes.get(key);
    if (value !== undefined) yield [key, value];
  }
}

/** A store with nothing in it: the ground below genesis, and below unit tests. */
export const emptyStore: Store = {
  get: () => undefined,
  set: () => {
    throw new Error('the empty store cannot be written; branch it');
  },
  delete: () => undefined,
  iterate: () => [],
};
