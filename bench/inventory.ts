/**
 * The inventory at scale: 1,000 nodes, 8,000 GPUs, 10,000 pods through the operator's own watch and projection (an API server
 * in memory), a full recount, a changed node until a decision sees it, placements, and memory under churn. SOAK_SECONDS (10)
 * sets how long pods and nodes change; 1200 for the full soak. SOAK_SVG names a file for its plot. The last line is JSON.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import {
  BID_COUNT,
  heldReservations,
  LEASE_COUNT,
  NODE_COUNT,
  POD_COUNT,
  startCluster,
} from './inventory/cluster.js';
import { quantile, timesOf } from './inventory/measure.js';
import { placementTimes } from './inventory/placements.js';
import { plotSoak } from './inventory/plot.js';
import { changesSeen, soak } from './inventory/soak.js';
import { watchCluster } from './inventory/watching.js';

const SOAK_MS = Number(process.env['SOAK_SECONDS'] ?? '10') * 1000;
const MIB = 2 ** 20;
/** Heap that the collector may leave lying; more than this is growth. */
const GROWTH_MIB = 10;

const heapNow = (): number => {
  global.gc?.();
  return process.memoryUsage().heapUsed / MIB;
};
const loadBefore = loadavg();

const kube = await startCluster();
const reservations = heldReservations();
const heapBefore = heapNow();
const watching = await watchCluster(kube, reservations);
const { view } = watching;

const first = timesOf(1, () => view.snapshot(reservations));
const viewHeap = heapNow() - heapBefore;
timesOf(20, () => view.snapshot(reservations)); // warm up
const recount = timesOf(300, () => view.snapshot(reservations));

const placement = placementTimes(view.snapshot(reservations), 1_000);

const calm = await changesSeen(kube, watching, 100);
const { samples, churned, seen } = await soak(kube, watching, SOAK_MS);
await watching.stop();

const settled = samples[Math.floor(samples.length / 3)]?.heapMib ?? 0;
const growthMib = Number(((samples.at(-1)?.heapMib ?? 0) - settled).toFixed(1));
const figures = {
  ...{ firstRecountMs: quantile(first.wall, 1), firstRecountCpuMs: quantile(first.cpu, 1) },
  ...{ recountP50Ms: quantile(recount.wall, 0.5), recountP99Ms: quantile(recount.wall, 0.99) },
  ...{ recountCpuP50Ms: quantile(recount.cpu, 0.5), recountCpuP99Ms: quantile(recount.cpu, 0.99) },
  ...{ nodeSeenP50Ms: quantile(calm, 0.5), nodeSeenMaxMs: quantile(calm, 1) },
  ...{ placementP50Ms: quantile(placement, 0.5), placementP99Ms: quantile(placement, 0.99) },
  viewHeapMib: Math.round(viewHeap),
  processRssMib: Math.max(...samples.map((x) => x.rssMib)),
  ...{ soakSeconds: SOAK_MS / 1000, podsReplaced: churned, nodesChanged: seen.length },
  ...{ soakNodeSeenP50Ms: quantile(seen, 0.5), soakNodeSeenMaxMs: quantile(seen, 1) },
  growthMib,
};
const met =
  figures.recountCpuP99Ms < 50 &&
  figures.nodeSeenMaxMs < 100 &&
  figures.placementP99Ms < 1 &&
  figures.processRssMib < 400 &&
  growthMib < GROWTH_MIB;
const conditions = {
  ...{ nodes: NODE_COUNT, gpus: NODE_COUNT * 8, pods: POD_COUNT, leases: LEASE_COUNT },
  ...{ bids: BID_COUNT, api: 'in memory', gc: global.gc !== undefined },
  ...{ loadBefore: loadBefore[0]?.toFixed(1), loadAfter: loadavg()[0]?.toFixed(1) },
  ...{ cpus: cpus().length, cpu: cpus()[0]?.model ?? 'unknown', node: process.version },
};
const svg = process.env['SOAK_SVG'];
if (svg !== undefined) {
  const { nodes, pods, loadAfter } = conditions;
  writeFileSync(
    svg,
    plotSoak(
      samples,
      `${nodes} nodes, ${pods} pods; ${churned} pods replaced, ${seen.length} nodes changed; load ${conditions.loadBefore} to ${loadAfter} on ${conditions.cpus} cores`,
    ),
  );
}
console.log(
  JSON.stringify({
    name: 'inventory',
    conditions,
    figures,
    bar: `p99 of a recount < 50 ms of processor time, of placements (the least of five times each) < 1 ms, every changed node < 100 ms, the process with the server in memory < 400 MiB resident, no growth (${GROWTH_MIB} MiB)`,
    met,
  }),
);
process.exitCode = met ? 0 : 1;
