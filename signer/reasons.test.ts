import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { SIGNER_REASONS } from './reasons.js';
import { reasonsTable } from './reasons-table.js';

const here = new URL('.', import.meta.url);

test('docs/reasons.md holds the table that the codes make; on a difference, put the expected text between the marks', () => {
  const page = readFileSync(new URL('../docs/reasons.md', here), 'utf8');
  const [, found = ''] = page.split(/<!-- signer:(?:begin|end) -->\n/);
  expect(found.trim()).toBe(reasonsTable().join('\n').trim());
});

test('every documented code is given somewhere', () => {
  const sources = readdirSync(here, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts') && !f.startsWith('reasons'))
    .map((f) => readFileSync(new URL(f, here), 'utf8'))
    .join('\n');
  expect(Object.keys(SIGNER_REASONS).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
});
