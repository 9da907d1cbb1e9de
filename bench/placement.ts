/**
 * Placement policies on Alibaba's openb trace: tasks arrive, run and leave; who is refused is gone. OPENB names the folder of
 * its CSV files; without it a cluster of the same shape is made up. The last line is one JSON object; the exit status is 1
 * when Berth's policy earns less than first-fit.
 */
import { cpus } from 'node:os';
import { POLICIES } from './placement/policies.js';
import { arrivalsOf, clusterOf, simulate, upperBound } from './placement/simulate.js';
import type { Result } from './placement/simulate.js';
import { loadTrace } from './placement/trace.js';

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const folder = process.env['OPENB'];
const EVERY = number('OPENB_EVERY', 10);
const ARRIVALS = number('ARRIVALS', 12_000);
const LOAD = number('LOAD', 1.2);
const SEED = number('SEED', 1);

const reasons = ({ rejected }: Result): string =>
  [...rejected]
    .sort(([, a], [, b]) => b - a)
    .map(([code, n]) => `${code} ${n}`)
    .join(', ');

const outcomes = ['gpuspec33', 'multigpu50'].map((list) => {
  const trace = loadTrace(folder, list, EVERY);
  const cluster = clusterOf(trace);
  const arrivals = arrivalsOf(trace, ARRIVALS, LOAD, SEED);
  const bound = upperBound(trace, arrivals);
  const results = POLICIES.map((policy) => simulate(policy, cluster, arrivals));
  const gpus = trace.machines.reduce((sum, m) => sum + m.gpus, 0);
  console.log(
    `\n${list}: ${trace.source}, ${trace.machines.length} machines, ${gpus} GPUs, ${ARRIVALS} arrivals, GPUs wanted ${LOAD} times over; at most ${bound.toFixed(2)} USD/h\n`,
  );
  console.log(
    '| policy | GPUs allocated, % | USD/h | of the bound, % | rejected by reason | p50, ms | p99, ms |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const r of results) {
    console.log(
      `| ${r.policy} | ${r.allocated.toFixed(1)} | ${r.revenue.toFixed(2)} | ${((100 * r.revenue) / bound).toFixed(1)} | ${reasons(r)} | ${r.p50.toFixed(3)} | ${r.p99.toFixed(3)} |`,
    );
  }
  return { list, machines: trace.machines.length, gpus, bound, results };
});

const revenueOf = (results: readonly Result[], at: number): number => results.at(at)?.revenue ?? 0;
const met = outcomes.every(({ results }) => revenueOf(results, -1) >= revenueOf(results, 0));
console.log(
  JSON.stringify({
    name: 'placement',
    conditions: {
      trace: folder === undefined ? 'made up in the proportions of openb' : 'openb',
      every: EVERY,
      arrivals: ARRIVALS,
      load: LOAD,
      seed: SEED,
      cpu: cpus()[0]?.model ?? 'unknown',
      node: process.version,
    },
    figures: outcomes.map(({ results, ...rest }) => ({
      ...rest,
      results: results.map((r) => ({ ...r, rejected: Object.fromEntries(r.rejected) })),
    })),
    bar: "Berth's policy earns at least as much as first-fit on each",
    met,
  }),
);
process.exitCode = met ? 0 : 1;
