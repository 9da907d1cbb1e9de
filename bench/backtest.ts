/**
 * Orders replayed per second on one core: two price books on synthetic demand for a large cluster, decisions, holds, wins,
 * departures and all; and how long the bound of perfect hindsight takes. The last line is one JSON object; the exit status is
 * 1 when the bar is missed. Rates are per second of processor time.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describeCluster } from '../backtest/cluster.js';
import { hindsightBound } from '../backtest/hindsight.js';
import { replay } from '../backtest/replay.js';
import { DEFAULT_MODEL, syntheticScenario } from '../backtest/synthetic.js';
import { parsePricingPolicy } from '../bidengine/parse-pricing-policy.js';

const BAR_PER_SECOND = 1_000;
const MACHINES = 40;

const demo = parse(
  readFileSync(join(import.meta.dirname, '../hack/cluster/nodes.yaml'), 'utf8'),
) as { nodes: { gpu?: unknown; count: number }[] };
const cluster = describeCluster({
  ...demo,
  nodes: demo.nodes.map((n) => (n.gpu === undefined ? n : { ...n, count: MACHINES })),
});
const policy = (name: string) => {
  const path = join(import.meta.dirname, `../examples/pricing/${name}.yaml`);
  const { spec } = parse(readFileSync(path, 'utf8')) as { spec: unknown };
  return parsePricingPolicy(name, spec);
};

const cpuSeconds = <T>(work: () => T): { readonly value: T; readonly seconds: number } => {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { value, seconds: (user + system) / 1_000_000 };
};

const model = { ...DEFAULT_MODEL, days: 10 };
const { value: scenario } = cpuSeconds(() => syntheticScenario(model, cluster));
const bound = cpuSeconds(() => hindsightBound(scenario, cluster));
const runs = ['flat', 'curve'].map((name) => ({
  name,
  ...cpuSeconds(() =>
    replay(scenario, cluster, { name, policies: [policy(name)], bidTimeoutBlocks: 50n }),
  ),
}));
const figures = {
  orders: scenario.demands.length,
  boundMs: Math.round(bound.seconds * 1000),
  policies: runs.map(({ name, value, seconds }) => ({
    name,
    ordersPerSecond: Math.round(scenario.demands.length / seconds),
    decisionsPerSecond: Math.round(value.decisions / seconds),
  })),
};
const met = figures.policies.every((p) => p.ordersPerSecond >= BAR_PER_SECOND);
console.log(figures);
console.log(
  JSON.stringify({
    name: 'backtest',
    conditions: {
      ...{ nodes: cluster.snapshot.nodes.length, days: model.days },
      ...{ cpu: cpus()[0]?.model ?? 'unknown', node: process.version, cores: 1 },
    },
    figures,
    bar: `${BAR_PER_SECOND} orders/s`,
    met,
  }),
);
process.exitCode = met ? 0 : 1;
