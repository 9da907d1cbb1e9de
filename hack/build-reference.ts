/**
 * Writes the generated pages: docs/reference (values, kinds, metrics) and the tables of docs/reasons.md.
 *
 *   tsx hack/build-reference.ts            write
 *   tsx hack/build-reference.ts --check    write nothing, fail when what lies there differs
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { valuesSchema } from './chart/values-schema.js';
import { configComments } from './reference/config-docs.js';
import { kindsPage } from './reference/kinds.js';
import { metricsPage } from './reference/metrics.js';
import { withReasons } from './reference/reasons.js';
import { valuesPage } from './reference/values.js';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const notice = (from: string): string =>
  `<!-- Generated from ${from} by hack/build-reference.ts (npm run generate). Do not edit. -->`;

const CONFIG_FILES = {
  operator: ['operator/config.ts', 'operator/pricing/config.ts'],
  gateway: ['gateway/config.ts'],
  signer: ['signer/config.ts'],
};
const settings = new Map(
  Object.entries(CONFIG_FILES).map(([process, files]) => [
    `${process}.config`,
    configComments(files.map(read), 'configSchema'),
  ]),
);

const pages = new Map<string, string>([
  [
    'docs/reference/values.md',
    valuesPage(notice('charts/berth/values.yaml'), {
      valuesYaml: read('charts/berth/values.yaml'),
      schema: valuesSchema(),
      settings,
    }),
  ],
  ['docs/reference/kinds.md', kindsPage(notice('crds/schemas'))],
  ['docs/reference/metrics.md', metricsPage(notice("the processes' metrics.ts"))],
  ['docs/reasons.md', withReasons(read('docs/reasons.md'))],
]);

const present = (file: string): string | undefined => {
  try {
    return read(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const stale = [...pages].filter(([file, content]) => present(file) !== content);
if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`stale: ${stale.map(([file]) => file).join(', ')}. Run: npm run generate`);
    process.exitCode = 1;
  }
} else {
  for (const [file, content] of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
}
console.log(
  stale.length === 0
    ? 'docs/reference is up to date'
    : `generated pages: ${stale.map(([f]) => f).join(', ')}`,
);
