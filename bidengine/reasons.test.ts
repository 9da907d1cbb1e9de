import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { INVENTORY_REASONS, SKIP_REASONS } from './reasons.js';

const here = new URL('.', import.meta.url);
const sources = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts') && !f.startsWith('testing'))
  .filter((f) => f !== 'reasons.ts')
  .map((f) => readFileSync(new URL(f, here), 'utf8'))
  .join('\n');

describe("the bid engine's reasons", () => {
  it('are all given: none is documented that no order or node ever gets', () => {
    const codes = [...Object.keys(SKIP_REASONS), ...Object.keys(INVENTORY_REASONS)];
    expect(codes.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  it('are all documented: a code that is written down is one of the tables', () => {
    const given = [...sources.matchAll(/\b(?:reason|inventoryReason)\(\s*'([A-Za-z]+)'/g)].map(
      (m) => m[1],
    );
    const coded = [...sources.matchAll(/\bcode: '([A-Z][A-Za-z]+)'/g)].map((m) => m[1]);
    const known = { ...SKIP_REASONS, ...INVENTORY_REASONS };
    expect([...given, ...coded].filter((code) => !(String(code) in known))).toEqual([]);
    expect(given.length).toBeGreaterThan(30);
  });

  it('are CamelCase codes, each used for one thing only', () => {
    const codes = [...Object.keys(SKIP_REASONS), ...Object.keys(INVENTORY_REASONS)];
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^([A-Z][a-z]+)+$/);
  });
});
