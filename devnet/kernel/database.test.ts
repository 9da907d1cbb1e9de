import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StateDatabase } from './database.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : new TextDecoder().decode(value);
const commit = (
  database: StateDatabase,
  height: number,
  writes: Record<string, string | undefined>,
): void => {
  const head = {
    height: BigInt(height),
    appHash: Uint8Array.of(height),
    time: { seconds: BigInt(height), nanos: height },
  };
  database.commit(
    head,
    new Map(Object.entries(writes).map(([k, v]) => [k, v === undefined ? undefined : bytes(v)])),
  );
};

describe('StateDatabase', () => {
  it('answers as of every kept height, and not of older ones', () => {
    const database = new StateDatabase(':memory:', 2);
    commit(database, 1, { a: '1', b: '1' });
    commit(database, 2, { a: '2', b: undefined });
    commit(database, 3, { a: '3', c: '3' });
    commit(database, 4, { a: undefined });
    expect(database.at(1n)).toBeUndefined();
    expect(text(database.at(2n)?.store.get('a'))).toBe('2');
    expect(text(database.at(3n)?.store.get('a'))).toBe('3');
    expect(database.at(4n)?.store.get('a')).toBeUndefined();
    expect(Array.from(database.at(2n)?.store.iterate('') ?? [], ([key]) => key)).toEqual(['a']);
    expect(Array.from(database.at(3n)?.store.iterate('') ?? [], ([key]) => key)).toEqual([
      'a',
      'c',
    ]);
    expect(database.at(3n)?.time).toEqual({ seconds: 3n, nanos: 3 });
    expect(database.at(5n)).toBeUndefined();
  });

  it('finds the last block again after the process is gone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'devnet-db-'));
    try {
      const file = join(folder, 'state.sqlite');
      const first = new StateDatabase(file, 5);
      commit(first, 1, { a: '1' });
      // Not closed: as after kill -9.
      const second = new StateDatabase(file, 5);
      expect(second.head()).toEqual({
        height: 1n,
        appHash: Uint8Array.of(1),
        time: { seconds: 1n, nanos: 1 },
      });
      expect(text(second.get('a'))).toBe('1');
      first.close();
      second.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('walks a prefix both ways, from behind any key', () => {
    const database = new StateDatabase(':memory:', 5);
    commit(database, 1, { 'a/1': '', 'a/2': '', 'a/3': '', 'b/1': '', a: '' });
    const keys = (options?: { after?: string; reverse?: boolean }): readonly string[] =>
      Array.from(database.iterate('a/', options), ([key]) => key);
    expect(keys()).toEqual(['a/1', 'a/2', 'a/3']);
    expect(keys({ reverse: true })).toEqual(['a/3', 'a/2', 'a/1']);
    expect(keys({ after: 'a/1' })).toEqual(['a/2', 'a/3']);
    expect(keys({ after: 'a/3', reverse: true })).toEqual(['a/2', 'a/1']);
    expect(keys({ after: 'z' })).toEqual([]);
  });

  it('remembers every past state as it was', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'ab');
    const block = fc.dictionary(key, fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined }));
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 12 }), (blocks) => {
        const database = new StateDatabase(':memory:', 100);
        let state: Record<string, string> = {};
        const states = blocks.map((writes, index) => {
          commit(database, index + 1, writes);
          const merged = Object.entries({ ...state, ...writes }).filter(([, v]) => v !== undefined);
          state = Object.fromEntries(merged) as Record<string, string>;
          return state;
        });
        for (const [index, want] of states.entries()) {
          const store = database.at(BigInt(index + 1))?.store;
          const got = Array.from(store?.iterate('') ?? [], ([k, v]) => [k, text(v)]);
          expect(got).toEqual(Object.entries(want).sort(([a], [b]) => (a < b ? -1 : 1)));
        }
        database.close();
      }),
      { numRuns: 50 },
    );
  });
});
