/**
 * Committed state in one SQLite file: current values, an undo log that answers queries at past heights, and what is
 * needed to resume. One transaction a block, so a process killed at any moment finds the last whole block again.
 * Why SQLite: docs/adr/0002-devnet-state-in-sqlite.md.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { BlockTime, Store } from './module.js';
import { PastStore } from './past-store.js';
import type { Writes } from './branch.js';

/** The last committed block. */
export interface Head {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  readonly time: BlockTime;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS current (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS undo (
    key TEXT NOT NULL, height INTEGER NOT NULL, old BLOB, PRIMARY KEY (key, height)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS undo_by_height ON undo (height);
  CREATE TABLE IF NOT EXISTS blocks (
    height INTEGER PRIMARY KEY, seconds INTEGER NOT NULL, nanos INTEGER NOT NULL, app_hash BLOB NOT NULL
  );
`;

/** Behind every key that starts with `prefix`: keys are ASCII. */
const endOf = (prefix: string): string => `${prefix}\u{7f}`;

export class StateDatabase implements Store {
  readonly #db: DatabaseSync;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #keepHeights: number;

  /**
   * @param file path of the database, or `:memory:`
   * @param keepHeights how many past heights stay queryable
   */
  constructor(file: string, keepHeights: number) {
    this.#keepHeights = keepHeights;
    this.#db = new DatabaseSync(file);
    // WAL with NORMAL: a killed process loses nothing; a power cut may lose the last blocks, which CometBFT replays.
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    this.#db.exec(SCHEMA);
    this.#get = this.#db.prepare('SELECT value FROM current WHERE key = ?');
    this.#put = this.#db.prepare('INSERT OR REPLACE INTO current (key, value) VALUES (?, ?)');
    this.#remove = this.#db.prepare('DELETE FROM current WHERE key = ?');
  }

  get(key: string): Uint8Array | undefined {
    return this.#get.get(key)?.['value'] as Uint8Array | undefined;
  }

  /** Committed state changes by `commit` alone. */
  set(): never {
    throw new Error('committed state is written by commit only');
  }

  delete(): never {
    throw new Error('committed state is written by commit only');
  }

  *iterate(
    prefix: string,
    options: { readonly after?: string; readonly reverse?: boolean } = {},
  ): Iterable<readonly [string, Uint8Array]> {
    const { after, reverse = false } = options;
    const from = !reverse && after !== undefined && after >= prefix ? after : undefined;
    const to = reverse && after !== undefined && after < endOf(prefix) ? after : endOf(prefix);
    const rows = this.#db
      .prepare(
        `SELECT key, value FROM current WHERE key ${from === undefined ? '>=' : '>'} ? AND key < ?
         ORDER BY key ${reverse ? 'DESC' : 'ASC'}`,
      )
      .iterate(from ?? prefix, to);
    for (const row of rows) yield [row['key'] as string, row['value'] as Uint8Array];
  }

  /** The last committed block, or `undefined` before the first. */
  head(): Head | undefined {
    const row = this.#db
      .prepare('SELECT height, seconds, nanos, app_hash FROM blocks ORDER BY height DESC LIMIT 1')
      .get();
    if (row === undefined) return undefined;
    return {
      height: BigInt(row['height'] as number),
      appHash: row['app_hash'] as Uint8Array,
      time: { seconds: BigInt(row['seconds'] as number), nanos: row['nanos'] as number },
    };
  }

  /** State and time as committed at `height`, or `undefined` when that height is not kept any more. */
  at(height: bigint): { readonly store: Store; readonly time: BlockTime } | undefined {
    const row = this.#db
      .prepare('SELECT seconds, nanos FROM blocks WHERE height = ?')
      .get(Number(height));
    if (row === undefined) return undefined;
    return {
      store: new PastStore(this.#db, this, Number(height)),
      time: { seconds: BigInt(row['seconds'] as number), nanos: row['nanos'] as number },
    };
  }

  /** Writes one block, keeps what it replaced, forgets what is older than the kept heights. All or nothing. */
  commit(head: Head, writes: Writes): void {
    const height = Number(head.height);
    const keepUndo = this.#db.prepare('INSERT INTO undo (key, height, old) VALUES (?, ?, ?)');
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const [key, value] of writes) {
        keepUndo.run(key, height, this.get(key) ?? null);
        if (value === undefined) this.#remove.run(key);
        else this.#put.run(key, value);
      }
      this.#db
        .prepare('INSERT INTO blocks (height, seconds, nanos, app_hash) VALUES (?, ?, ?, ?)')
        .run(height, Number(head.time.seconds), head.time.nanos, head.appHash);
      const oldest = height - this.#keepHeights;
      this.#db.prepare('DELETE FROM blocks WHERE height < ?').run(oldest);
      this.#db.prepare('DELETE FROM undo WHERE height <= ?').run(oldest);
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }
}
