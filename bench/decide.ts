/**
 * Decisions per second on one core: 1,000 nodes with 8,000 GPUs of eight models, a little over half in use, and a mix of
 * orders of which some fit, some do not and some cost too much. The last line is one JSON object; the exit status is 1
 * when the bar is missed. The rate is per second of processor time, so that a busy machine does not change it; latencies
 * are wall time.
 */
import { cpus } from 'node:os';
import { buildSnapshot } from '../bidengine/inventory.js';
import type { NodeFacts, PodFacts } from '../bidengine/cluster-facts.js';
import { decide } from '../bidengine/decide.js';
import type { DecideInput } from '../bidengine/input.js';
import { withReservations } from '../bidengine/reservations.js';
import { reservationOf } from '../bidengine/reserve.js';
import { aCluster, aNodeFacts, aPod } from '../bidengine/testing/facts-builder.js';
import { anInput, aPolicy, dec } from '../bidengine/testing/input-builder.js';
import { compileExpression } from '../bidengine/price-expression.js';
import type { PricingPolicy } from '../bidengine/pricing-policy.js';
import { anOrder, attributes, aUnit, GIB, TENANT } from '../bidengine/testing/order-builder.js';
import type { Order } from '../market/records.js';

const NODES = 1_000;
const GPUS_PER_NODE = 8;
const BAR_PER_SECOND = 10_000;
const MEASURE_MS = 3_000;

const PRODUCTS: readonly (readonly [string, string, number, string])[] = [
  ['h200', 'NVIDIA-H200', 143771, '3.59'],
  ['h100', 'NVIDIA-H100-80GB-HBM3', 81559, '2.69'],
  ['a100', 'NVIDIA-A100-SXM4-80GB', 81920, '1.34'],
  ['l40s', 'NVIDIA-L40S', 46068, '0.80'],
  ['rtxa6000', 'NVIDIA-RTX-A6000', 49140, '0.45'],
  ['rtx4090', 'NVIDIA-GeForce-RTX-4090', 24564, '0.39'],
  ['v100', 'Tesla-V100-SXM2-32GB', 32768, '0.17'],
  ['t4', 'Tesla-T4', 15360, '0.10'],
];

/** A fixed stream of numbers in [0, n): the same orders in every run. */
const stream = (seed: number): ((n: number) => number) => {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
};

const nodeFacts = (i: number): NodeFacts => {
  const [, product, memoryMib] = PRODUCTS[i % PRODUCTS.length] ?? ['', '', 0];
  return aNodeFacts(`node-${String(i).padStart(4, '0')}`, {
    gpus: GPUS_PER_NODE,
    product,
    memoryMib,
  });
};

const podsOf = (random: (n: number) => number, nodes: readonly NodeFacts[]): readonly PodFacts[] =>
  nodes.flatMap((node, i) => {
    const used = random(GPUS_PER_NODE + 2);
    return Array.from({ length: Math.min(used, GPUS_PER_NODE) }, (_, p) =>
      aPod(
        node.name,
        { cpu: '4', memory: '32Gi', 'ephemeral-storage': '50Gi', 'nvidia.com/gpu': '1' },
        { name: `pod-${i}-${p}` },
      ),
    );
  });

const orderOf = (random: (n: number) => number, dseq: number): Order => {
  const [model] = PRODUCTS[random(PRODUCTS.length)] ?? ['h100'];
  const gpus = [0, 1, 1, 1, 2, 4, 8, 8, 16][random(9)] ?? 1;
  const unit = aUnit(1)
    .withCpu(1000 * (1 + random(8)))
    .withMemory(BigInt(1 + random(64)) * GIB)
    .withCount([1, 1, 1, 2, 4][random(5)] ?? 1)
    .withPrice(['100', '20000', '100000'][random(3)] ?? '20000');
  const main = gpus === 0 ? unit : unit.withGpu('nvidia', random(4) === 0 ? '*' : model, gpus);
  const side = aUnit(2).withCpu(500);
  const order = anOrder(BigInt(dseq)).requiring({ region: 'us-west' });
  return (
    random(3) === 0 ? order.withUnits(main.obj(), side.obj()) : order.withUnits(main.obj())
  ).obj();
};

const capabilities = Object.fromEntries(
  PRODUCTS.map(([model]) => [`capabilities/gpu/vendor/nvidia/model/${model}`, 'true']),
);
const gpus = PRODUCTS.map(([model, , , usd]) => ({
  vendor: 'nvidia',
  model,
  usdPerHour: dec(usd),
}));

/** Every rule that a price book can have, and a second book that outranks it for some orders. */
const curve = [
  { percent: dec('20'), multiplier: dec('0.9') },
  { percent: dec('60'), multiplier: dec('1') },
  { percent: dec('95'), multiplier: dec('1.6') },
];
const rich: PricingPolicy = aPolicy(
  { gpus },
  {
    utilisation: { gpuModel: curve, gpu: curve, cpu: curve, memory: curve },
    timeWindows: [
      {
        ...{ name: 'day', timeZone: 'Europe/Berlin', days: [1, 2, 3, 4, 5] },
        ...{ from: 480, to: 1_200, multiplier: dec('1.1') },
      },
    ],
    scarcity: { nodeGpus: GPUS_PER_NODE, steps: [{ wholeNodesLeft: 40, multiplier: dec('1.5') }] },
    costs: {
      ...{ usdPerKwh: dec('0.2'), siteOverhead: dec('1.3') },
      gpus: [
        {
          ...{ vendor: 'nvidia', model: '*', watts: dec('400') },
          ...{ capexUsd: dec('1000'), lifeMonths: dec('48') },
        },
      ],
    },
    expression: compileExpression(
      'gpus >= 8 && utilisation < dec(90) ? price * dec("0.95") : max(price, dec("0.05"))',
    ),
    tenants: { allow: [], deny: [], discounts: new Map([[TENANT, dec('5')]]) },
  },
);
const large: PricingPolicy = {
  ...rich,
  name: 'large',
  priority: 1,
  appliesTo: { gpus: [{ vendor: 'nvidia', model: 'h200' }] },
};

interface Figures {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  readonly bids: number;
  readonly skips: number;
}

const measure = (orders: readonly Order[], base: DecideInput, reserve: boolean): Figures => {
  const times: number[] = [];
  let bids = 0;
  let input = base;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  for (let i = 0; performance.now() - started < MEASURE_MS; i += 1) {
    const order = orders[i % orders.length];
    if (order === undefined) continue;
    // Start over with every pass, or the cluster would fill up and only refusals be timed.
    if (reserve && i % orders.length === 0) input = base;
    const at = performance.now();
    const decision = decide({ ...input, order });
    if (decision.type === 'bid') {
      bids += 1;
      if (reserve) {
        const held = reservationOf(order.id, order.spec, decision.placement, 'bid open');
        input = { ...input, snapshot: withReservations(input.snapshot, [held]) };
      }
    }
    times.push(performance.now() - at);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (user + system) / 1_000_000;
  times.sort((a, b) => a - b);
  const us = (share: number): number =>
    Math.round((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) * 1000);
  return {
    perSecond: Math.round(times.length / seconds),
    p50Us: us(0.5),
    p99Us: us(0.99),
    maxUs: us(1),
    bids,
    skips: times.length - bids,
  };
};

const show = (name: string, f: Figures): void =>
  console.log(
    `${name.padEnd(44)} ${String(f.perSecond).padStart(7)}/s   p50 ${f.p50Us} us   p99 ${f.p99Us} us   max ${f.maxUs} us   ${f.bids} bids, ${f.skips} skips`,
  );

const random = stream(1);
const nodes = Array.from({ length: NODES }, (_, i) => nodeFacts(i));
const pods = podsOf(random, nodes);
const countAt = performance.now();
const snapshot = buildSnapshot(aCluster({ nodes, pods }), [], 0);
const recountMs = performance.now() - countAt;
const orders = Array.from({ length: 500 }, (_, i) => orderOf(random, i + 1));
const input = anInput();
const base: DecideInput = {
  ...input,
  snapshot,
  policies: [aPolicy({ gpus })],
  provider: {
    ...input.provider,
    attributes: attributes({ region: 'us-west', ...capabilities }),
  },
};

measure(orders, base, false); // warm up
const fixed = measure(orders, base, false);
const reserving = measure(orders, base, true);
const withRules = { ...base, policies: [rich, large] };
measure(orders, withRules, false);
const ruled = measure(orders, withRules, false);
show('decide, one snapshot', fixed);
show('decide, one snapshot, two books with every rule', ruled);
show('decide, every bid reserved (new snapshot each)', reserving);
console.log(
  `recount of ${NODES} nodes and ${pods.length} pods, first time: ${recountMs.toFixed(1)} ms`,
);
const met = Math.min(fixed.perSecond, ruled.perSecond) >= BAR_PER_SECOND;
console.log(
  JSON.stringify({
    name: 'decide',
    conditions: {
      nodes: NODES,
      gpus: NODES * GPUS_PER_NODE,
      models: PRODUCTS.length,
      pods: pods.length,
      orders: orders.length,
      cpu: cpus()[0]?.model ?? 'unknown',
      node: process.version,
      cores: 1,
    },
    figures: { fixed, ruled, reserving, recountMs: Number(recountMs.toFixed(1)) },
    bar: `${BAR_PER_SECOND}/s`,
    met,
  }),
);
process.exitCode = met ? 0 : 1;
