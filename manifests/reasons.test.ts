import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { CROSS_VALIDATION_REASONS, PARSE_REASONS, VALIDATION_REASONS } from './reasons.js';

const tables: readonly [string, Readonly<Record<string, string>>][] = [
  ['Why a manifest is not read', PARSE_REASONS],
  ['Why a manifest is invalid', VALIDATION_REASONS],
  ['Why a manifest does not agree with the chain', CROSS_VALIDATION_REASONS],
];

describe('the reasons of a refused manifest', () => {
  it('has CamelCase codes, each used for one thing only', () => {
    const codes = tables.flatMap(([, reasons]) => Object.keys(reasons));
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^([A-Z][a-z]+)+$/);
  });

  it('lists no code that is never reported', () => {
    const files = ['validate', 'validate-expose', 'validate-names', 'validate-service'];
    const sources = [
      ...files,
      'cross-validate',
      'manifest',
      'manifest-issues',
      'json-limits',
      'version',
    ]
      .map((file) => readFileSync(new URL(`${file}.ts`, import.meta.url), 'utf8'))
      .join('\n');
    for (const code of tables.flatMap(([, reasons]) => Object.keys(reasons)))
      expect(sources).toContain(`'${code}'`);
  });
});
