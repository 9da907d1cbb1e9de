/** Committed state as it was: what later blocks replaced comes from the undo log, the rest from the current values. */
import type { DatabaseSync } from 'node:sqlite';
import { Branch } from './branch.js';
import type { Store } from './module.js';

const endOf = (prefix: string): string => `${prefix}\u{7f}`;

export class PastStore implements Store {
  readonly #db: DatabaseSync;
  readonly #current: Store;
  readonly #height: number;

  constructor(db: DatabaseSync, current: Store, height: number) {
    this.#db = db;
    this.#current = current;
    this.#height = height;
  }

  get(key: string): Uint8Array | undefined {
    const row = this.#db
      .prepare('SELECT old FROM undo WHERE key = ? AND height > ? ORDER BY height LIMIT 1')
      .get(key, this.#height);
    if (row === undefined) return this.#current.get(key);
    return (row['old'] as Uint8Array | null) ?? undefined;
  }

  set(): never {
    throw new Error('the past cannot be written');
  }

  delete(): never {
    throw new Error('the past cannot be written');
  }

  *iterate(
    prefix: string,
    options?: { readonly after?: string; readonly reverse?: boolean },
  ): Iterable<readonly [string, Uint8Array]> {
    const then = new Branch(this.#current);
    const rows = this.#db
      .prepare(
        'SELECT key, old, MIN(height) FROM undo WHERE key >= ? AND key < ? AND height > ? GROUP BY key',
      )
      .iterate(prefix, endOf(prefix), this.#height);
    for (const row of rows) {
      const old = row['old'] as Uint8Array | null;
      if (old === null) then.delete(row['key'] as string);
      else then.set(row['key'] as string, old);
    }
    yield* then.iterate(prefix, options);
  }
}
