import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { REFUSAL_REASONS, USAGE_REASONS } from './reasons.js';

const here = new URL('.', import.meta.url);
const sources = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts') && !f.startsWith('testing'))
  .filter((f) => f !== 'reasons.ts')
  .map((f) => readFileSync(new URL(f, here), 'utf8'))
  .join('\n');
const given = (call: string): string[] =>
  [...sources.matchAll(new RegExp(`\\b${call}\\(\\s*'([A-Z][A-Za-z]+)'`, 'g'))].map(
    (m) => m[1] ?? '',
  );

test('every code that a command is refused with is documented, with the right exit status', () => {
  expect(given('misused').filter((code) => !(code in USAGE_REASONS))).toEqual([]);
  expect(given('refused').filter((code) => !(code in REFUSAL_REASONS))).toEqual([]);
  expect(given('misused').length + given('refused').length).toBeGreaterThan(60);
});

test('no code is documented that no command gives', () => {
  const codes = [...Object.keys(USAGE_REASONS), ...Object.keys(REFUSAL_REASONS)];
  expect(codes.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
});
