/**
 * Writes the generated parts of charts/berth: CRD templates from crds/generated, values.schema.json, the dashboard; and the
 * chart's rights as the CLI knows them, from the golden rendering.
 *
 *   tsx hack/build-chart.ts            write
 *   tsx hack/build-chart.ts --check    write nothing, fail when what lies there differs
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chartRights } from './chart/chart-rights.js';
import { crdTemplate } from './chart/crd-template.js';
import { dashboard } from './chart/dashboard.js';
import { valuesSchema } from './chart/values-schema.js';

const root = join(import.meta.dirname, '..');
const chart = join(root, 'charts', 'berth');
const crds = join(root, 'crds', 'generated');

/** Below `charts/berth`. */
const RIGHTS = '../../cli/provider/doctor/generated/chart-rights.ts';
const rendered = join(root, 'test', 'golden', 'chart', 'rendered.yaml');

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const wanted = new Map<string, string>([
  ['values.schema.json', json(valuesSchema())],
  ['dashboards/berth.json', json(dashboard())],
  [RIGHTS, chartRights(readFileSync(rendered, 'utf8'))],
  ...readdirSync(crds)
    .filter((file) => file.endsWith('.yaml'))
    .map((file): [string, string] => [
      `templates/crds/${file}`,
      crdTemplate(readFileSync(join(crds, file), 'utf8'), file),
    ]),
]);

const present = (file: string): string | undefined => {
  try {
    return readFileSync(join(chart, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const [file, content] of wanted) {
  if (present(file) === content) continue;
  stale.push(file);
  if (check) continue;
  mkdirSync(dirname(join(chart, file)), { recursive: true });
  writeFileSync(join(chart, file), content);
}
// A kind that is gone must not live on in the chart.
const folder = join(chart, 'templates', 'crds');
for (const file of readdirSync(folder).filter((f) => !wanted.has(`templates/crds/${f}`))) {
  stale.push(`templates/crds/${file}`);
  if (!check) rmSync(join(folder, file));
}
if (check && stale.length > 0) {
  console.error(`charts/berth is stale: ${stale.join(', ')}. Run: npx tsx hack/build-chart.ts`);
  process.exitCode = 1;
} else {
  console.log(stale.length === 0 ? 'charts/berth is up to date' : `wrote ${stale.join(', ')}`);
}
