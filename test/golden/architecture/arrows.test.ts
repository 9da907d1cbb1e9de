/** The architecture is lint: planted violations of the arrows and of purity are caught, and what is allowed passes. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';

jest.setTimeout(120_000);

const ROOT = join(import.meta.dirname, '../../..');
const NO_IMPORTS = '@typescript-eslint/no-restricted-imports';

const imports = (from: string): string => `export * from '${from}';\n`;

const cases: readonly {
  name: string;
  file: string;
  text: string;
  want: string | undefined;
  says: string;
}[] = [
  {
    name: 'market imports a sibling',
    file: 'market/ids.ts',
    text: imports('../chain/ports.js'),
    want: NO_IMPORTS,
    says: 'market/ may import only',
  },
  {
    name: 'bidengine imports Kubernetes',
    file: 'bidengine/decide.ts',
    text: imports('../kube/api.js'),
    want: NO_IMPORTS,
    says: 'bidengine/ may import only',
  },
  {
    name: 'kube imports the chain',
    file: 'kube/api.ts',
    text: imports('../chain/ports.js'),
    want: NO_IMPORTS,
    says: 'kube/ may import only',
  },
  {
    name: 'the gateway imports the operator',
    file: 'gateway/app.ts',
    text: imports('../operator/config.js'),
    want: NO_IMPORTS,
    says: 'gateway/ may import only',
  },
  {
    name: 'the devnet imports chain/',
    file: 'devnet/app.ts',
    text: imports('../chain/errors.js'),
    want: NO_IMPORTS,
    says: 'devnet/ may import only',
  },
  {
    name: 'a nested folder climbs out',
    file: 'operator/bidding/ports.ts',
    text: imports('../../gateway/ports.js'),
    want: NO_IMPORTS,
    says: 'operator/ may import only',
  },
  {
    name: 'manifests reads files',
    file: 'manifests/names.ts',
    text: imports('node:fs'),
    want: NO_IMPORTS,
    says: 'pure',
  },
  {
    name: 'bidengine takes a client',
    file: 'bidengine/decide.ts',
    text: imports('@cosmjs/stargate'),
    want: NO_IMPORTS,
    says: 'pure',
  },
  {
    name: 'market sees the clock',
    file: 'market/ids.ts',
    text: 'export const now = (): number => Date.now();\n',
    want: 'no-restricted-properties',
    says: 'time',
  },
  {
    name: 'bidengine sees the environment',
    file: 'bidengine/decide.ts',
    text: "export const home = process.env['HOME'];\n",
    want: 'no-restricted-globals',
    says: 'pure',
  },
  {
    name: 'a default export',
    file: 'market/ids.ts',
    text: 'export default 1;\n',
    want: 'no-restricted-syntax',
    says: 'Named exports only',
  },
  {
    name: 'the operator imports the bid engine',
    file: 'operator/app.ts',
    text: imports('../bidengine/input.js'),
    want: undefined,
    says: '',
  },
  {
    name: 'manifests hashes',
    file: 'manifests/names.ts',
    text: imports('node:crypto'),
    want: undefined,
    says: '',
  },
];

describe('the architecture', () => {
  const results = JSON.parse(
    execFileSync(
      process.execPath,
      [
        join(import.meta.dirname, 'lint-texts.mjs'),
        JSON.stringify(cases.map(({ file, text }) => ({ file: join(ROOT, file), text }))),
      ],
      {
        cwd: ROOT,
        encoding: 'utf8',
        maxBuffer: 2 ** 24,
      },
    ),
  ) as { rule: string; message: string }[][];

  it.each(cases.map((c, i) => [c.name, c, results[i] ?? []] as const))(
    '%s',
    (_name, { want, says }, messages) => {
      const ruled = messages.filter((m) =>
        [
          NO_IMPORTS,
          'no-restricted-properties',
          'no-restricted-globals',
          'no-restricted-syntax',
        ].includes(m.rule),
      );
      expect(ruled.map((m) => m.rule)).toEqual(want === undefined ? [] : [want]);
      expect(ruled.map((m) => m.message).join(' ')).toContain(says);
    },
  );
});
