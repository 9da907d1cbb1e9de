/**
 * Placement policies on Alibaba's openb trace: tasks arrive, run and leave; who is refused is gone. OPENB names the folder of
 * its CSV files; without it a cluster of the same shape is made up. DOCS names a document that takes the tables. The last
 * line is one JSON object; the exit status is 1 when the default policy earns less than first-fit over all lists, or less by
 * more than a point on one of them.
 */
import { cpus } from 'node:os';
import { DEFAULT, FIRST_FIT, POLICIES } from './placement/policies.js';
import { meanOf, tables, writeInto } from './placement/report.js';
import type { Row, Section } from './placement/report.js';
import { arrivalsOf, clusterOf, simulate, upperBound } from './placement/simulate.js';
import { loadTrace } from './placement/trace.js';

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const folder = process.env['OPENB'];
const EVERY = number('OPENB_EVERY', 10);
const ARRIVALS = number('ARRIVALS', 8_000);
const LOAD = number('LOAD', 1.2);
const SEEDS = number('SEEDS', 3);
const LISTS =
  folder === undefined
    ? ['gpuspec33', 'multigpu50']
    : ['default', 'gpuspec10', 'gpuspec33', 'multigpu20', 'multigpu50'];

const sectionOf = (list: string): Section => {
  const trace = loadTrace(folder, list, EVERY);
  const cluster = clusterOf(trace);
  const gpus = trace.machines.reduce((sum, m) => sum + m.gpus, 0);
  const named = trace.tasks.filter((t) => t.models.length > 0).length;
  const many = trace.tasks.filter((t) => t.gpus > 1).length;
  const withGpus = trace.tasks.filter((t) => t.gpus > 0).length;
  const share = (n: number): string => ((100 * n) / withGpus).toFixed(0);
  const runs = Array.from({ length: SEEDS }, (_, i) => {
    const arrivals = arrivalsOf(trace, ARRIVALS, LOAD, i + 1);
    return { arrivals, bound: upperBound(trace, arrivals) };
  });
  const rows = POLICIES.map((policy): Row => ({
    policy: policy.name,
    runs: runs.map(({ arrivals, bound }) => {
      const result = simulate(policy, cluster, arrivals);
      return { result, ofBound: (100 * result.revenue) / bound };
    }),
  }));
  const most = runs.reduce((sum, r) => sum + r.bound, 0) / runs.length;
  const about = `${trace.machines.length} machines, ${gpus} GPUs; of the tasks with GPUs ${share(named)} % name models, ${share(many)} % want more than one. Upper bound ${most.toFixed(2)} USD/h.`;
  return { list, about, rows };
};

const sections = LISTS.map((list) => {
  const section = sectionOf(list);
  console.log(tables([section]));
  return section;
});
const docs = process.env['DOCS'];
if (docs !== undefined) writeInto(docs, tables(sections));

const earned = ({ rows }: Section, name: string): number => {
  const row = rows.find((r) => r.policy === name);
  return row === undefined ? 0 : meanOf(row, (r) => r.ofBound);
};
const leads = sections.map((s) => earned(s, DEFAULT.name) - earned(s, FIRST_FIT.name));
const met = leads.reduce((sum, n) => sum + n, 0) > 0 && leads.every((n) => n > -1);
console.log(
  JSON.stringify({
    name: 'placement',
    conditions: {
      trace: folder === undefined ? 'made up in the proportions of openb' : 'openb',
      ...{ every: EVERY, arrivals: ARRIVALS, load: LOAD, seeds: SEEDS },
      ...{ cpu: cpus()[0]?.model ?? 'unknown', node: process.version },
    },
    figures: sections.map(({ list, rows }) => ({
      list,
      ofBound: Object.fromEntries(
        rows.map((row) => [row.policy, Number(meanOf(row, (r) => r.ofBound).toFixed(1))]),
      ),
      p99Ms: Object.fromEntries(
        rows.map((row) => [row.policy, Number(meanOf(row, (r) => r.result.p99).toFixed(3))]),
      ),
    })),
    bar: 'the default earns more than first-fit over all lists, and on none a point of the bound less',
    met,
  }),
);
process.exitCode = met ? 0 : 1;
