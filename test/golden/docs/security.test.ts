/** docs/security.md says that each line is held by a test: each line names one that exists. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');
const rows = readFileSync(join(root, 'docs/security.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\|( ---|.*shown by)/.test(line));

describe('docs/security.md', () => {
  it('has lines for gateway, operator, signer, hot key and a key elsewhere', () => {
    expect(rows.length).toBeGreaterThan(15);
  });

  it.each(rows)('%s', (row) => {
    const tests = [...(row.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? '');
    expect(tests.length).toBeGreaterThan(0);
    for (const test of tests) {
      expect({ test, exists: existsSync(join(root, test)) }).toEqual({ test, exists: true });
      if (statSync(join(root, test)).isFile()) expect(test).toMatch(/\.test\.ts$/);
    }
  });
});
