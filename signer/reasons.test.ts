import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { SIGNER_REASONS } from './reasons.js';

const here = new URL('.', import.meta.url);

test('every documented code is given somewhere', () => {
  const sources = readdirSync(here, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts') && !f.startsWith('reasons'))
    .map((f) => readFileSync(new URL(f, here), 'utf8'))
    .join('\n');
  expect(Object.keys(SIGNER_REASONS).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
});
