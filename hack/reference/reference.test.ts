import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { configComments } from './config-docs.js';
import { table } from './markdown.js';
import { metricsPage } from './metrics.js';
import { REASON_PARTS, withReasons } from './reasons.js';
import { valueRows } from './values.js';

const page = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('the reference', () => {
  it('has a meaning for every value of the chart', () => {
    const rows = page('reference/values.md').split('\n');
    expect(rows.filter((row) => /\|\s+\|$/.test(row))).toEqual([]);
    expect(rows.length).toBeGreaterThan(100);
  });

  it('has help for every metric', () => {
    const rows = metricsPage('').split('\n');
    expect(rows.filter((row) => /^\| `.*\|\s+\|$/.test(row))).toEqual([]);
    expect(rows.filter((row) => row.startsWith('| `berth_')).length).toBeGreaterThan(30);
  });

  it('takes a text that breaks a cell', () => {
    expect(table(['a'], [['x | y\n  z']])).toBe('| a |\n| --- |\n| x \\| y z |\n');
  });

  it('reads comments of a schema, also of those that it imports', () => {
    const main = `export const configSchema = z.strictObject({
      /** How deep. */
      depth: z.int(),
      tank: tankSchema,
      limits,
    });
    const limits = z.strictObject({
      // At most.
      top: z.int(),
    }).prefault({});`;
    const other = `export const tankSchema = z.strictObject({
      /** Litres,
       * not gallons. */
      size: z.int(),
    }).prefault({});`;
    expect(Object.fromEntries(configComments([main, other], 'configSchema'))).toEqual({
      depth: 'How deep.',
      tank: '',
      'tank.size': 'Litres, not gallons.',
      limits: '',
      'limits.top': 'At most.',
    });
    expect(() => configComments([main], 'another')).toThrow('no z.strictObject named another');
  });

  it('documents a value by its own comment, and a setting by that of the process', () => {
    const integer = { type: 'integer', default: 9 };
    const config = { type: 'object', properties: { pace: integer, named: { type: 'string' } } };
    const rows = valueRows({
      valuesYaml:
        '# Not this.\na:\n  # -- Beads\n  # on a string.\n  beads: 3\n  config:\n    # -- A name.\n    named: x\n',
      schema: {
        properties: { a: { type: 'object', properties: { beads: { type: 'integer' }, config } } },
      },
      settings: new Map([['a.config', new Map([['pace', 'Steps a minute.']])]]),
    });
    expect(rows).toEqual([
      ['`a.beads`', 'integer', '`3`', 'Beads on a string.'],
      ['`a.config.named`', 'string', '`"x"`', 'A name.'],
      ['`a.config.pace`', 'integer', '`9`', 'Steps a minute.'],
    ]);
  });
});

describe('docs/reasons.md', () => {
  it('wants a pair of marks for every room that gives reasons', () => {
    expect(() => withReasons('# Reasons\n')).toThrow('has no marks for "bidengine"');
  });

  it('has CamelCase codes, each with one meaning within a table', () => {
    for (const sections of Object.values(REASON_PARTS))
      for (const code of sections.flatMap(([, codes]) => Object.keys(codes)))
        expect(code).toMatch(/^([A-Z][a-z]+)+$/);
  });
});
