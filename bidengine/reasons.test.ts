import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { INVENTORY_REASONS, SKIP_REASONS } from './reasons.js';
import { reasonsTable } from './reasons-table.js';

const page = readFileSync(new URL('../docs/reasons.md', import.meta.url), 'utf8');

describe('docs/reasons.md', () => {
  it('holds the table that the codes make; on a difference, put the expected text between the marks', () => {
    const [, section = ''] = page.split(/<!-- bidengine:(?:begin|end) -->\n/);
    const cells = (line: string): string => line.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
    expect(section.trim().split('\n').map(cells)).toEqual(reasonsTable().map(cells));
  });

  it('has CamelCase codes, each used for one thing only', () => {
    const codes = [...Object.keys(SKIP_REASONS), ...Object.keys(INVENTORY_REASONS)];
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^([A-Z][a-z]+)+$/);
  });
});
