/**
 * A cold start with 10,000 open orders: how long until each is decided, on a cluster of 1,000 nodes where about half get a bid.
 * The bidding cycle with all its parts but chain and API server, which answer at once. The last line is one JSON object; the
 * exit status is 1 when the bar is missed. Seconds are of processor time; the longest pause is wall time.
 */
import { cpus } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { NO_LIMITS } from '../bidengine/budget.js';
import { decide } from '../bidengine/decide.js';
import { buildSnapshot } from '../bidengine/inventory.js';
import { withReservations } from '../bidengine/reservations.js';
import { aCluster, aNodeFacts } from '../bidengine/testing/facts-builder.js';
import { anInput } from '../bidengine/testing/input-builder.js';
import { anOrder, aUnit, GIB } from '../bidengine/testing/order-builder.js';
import { createLogger } from '../operator/logger.js';
import { createMetrics } from '../operator/metrics.js';
import { OrderBook } from '../operator/orderbook/order-book.js';
import { BiddingCycle } from '../operator/bidding/bidding-cycle.js';
import { BidSubmitter } from '../operator/bidding/bid-submitter.js';
import { ChainView } from '../operator/chain-view/chain-view.js';
import { DecisionLog } from '../operator/bidding/decision-log.js';
import { DecisionRounds } from '../operator/bidding/decision-rounds.js';
import { OwnBids } from '../operator/bidding/own-bids.js';
import { ReservationLedger } from '../operator/bidding/reservation-ledger.js';
import { RetrySchedule } from '../operator/bidding/retry-schedule.js';
import { systemClock } from '../operator/clock.js';

const ORDERS = 10_000;
const NODES = 1_000;
const BAR_SECONDS = 10;
const BAR_MIB = 300;

const input = anInput();
const { address, attributes, audited } = input.provider;
const nodes = Array.from({ length: NODES }, (_, i) =>
  aNodeFacts(`node-${i}`, { gpus: 8, product: 'NVIDIA-H100-80GB-HBM3' }),
);
const snapshot = buildSnapshot(aCluster({ nodes }), [], 0);

const book = new OrderBook();
for (let i = 0; i < ORDERS; i += 1) {
  const unit = aUnit(1).withCpu(1000).withMemory(GIB).withPrice('100000');
  const order = anOrder(BigInt(i + 1)).withUnits(unit.withGpu('nvidia', 'h100', 1 + (i % 2)).obj());
  book.add(order.obj(), 1n);
}

const bids = new OwnBids(address);
const ledger = new ReservationLedger();
const log = createLogger('silent');
const view = new ChainView(systemClock, 60_000, 6_000);
view.observe({ height: 2n, timeMs: input.nowMs });
let intents = 0;
let sent = 0;
let slowest = 0;
const submitter = new BidSubmitter({
  lane: {
    sign: async () => {
      sent += 1;
      return { bytes: new Uint8Array(530), hash: `TX${sent}`, timeoutNs: 1n };
    },
    discard: () => undefined,
  },
  intents: {
    write: async () => {
      intents += 1;
      return `intent-${intents}`;
    },
  },
  ...{ provider: address, bids, ledger, log },
  follower: { follow: () => undefined },
  onAbandoned: () => undefined,
  arrivalOf: () => undefined,
});
const decisions = new DecisionLog();
const cycle = new BiddingCycle({
  ...{ view, book, bids, ledger, submitter, decisions, log, withReservations },
  ...{ rounds: new DecisionRounds(), retries: new RetrySchedule(), metrics: createMetrics() },
  onDecided: () => undefined,
  decide: (given) => {
    const at = performance.now();
    const decision = decide(given);
    slowest = Math.max(slowest, performance.now() - at);
    return decision;
  },
  inputs: () => ({
    address,
    facts: {
      ...{ audited, params: input.chain.marketParams, height: 1n },
      record: { owner: address, hostUri: '', attributes, info: { email: '', website: '' } },
      balances: [{ denom: 'uakt', amount: 10n ** 15n }],
    },
    ...{ policies: input.policies, rules: input.rules, nowMs: input.nowMs },
    ...{ exchange: input.exchange, blockedHostnames: [], maxPendingPercentPerOwner: 100 },
    budget: {
      limits: NO_LIMITS,
      hour: { feesUakt: 0n, deposits: 0n },
      day: { feesUakt: 0n, deposits: 0n },
      depositsAtRisk: 0n,
    },
    escrowOf: () => undefined,
    inventory: (reservations) => withReservations(snapshot, reservations),
  }),
});

const rssBeforeMib = Math.round(process.memoryUsage.rss() / 2 ** 20);
const pauses = monitorEventLoopDelay({ resolution: 5 });
pauses.enable();
const cpu = process.cpuUsage();
const started = performance.now();
const fault = await cycle.run(new AbortController().signal);
const wallSeconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
pauses.disable();
const cpuSeconds = (user + system) / 1_000_000;
const rssMib = process.memoryUsage.rss() / 2 ** 20;
const skipped = Object.values(decisions.skippedByReason()).reduce((a, b) => a + b, 0);
const met =
  fault === undefined &&
  sent > 0 &&
  sent + skipped >= ORDERS &&
  cpuSeconds < BAR_SECONDS &&
  rssMib < BAR_MIB;
console.log(
  JSON.stringify({
    name: 'cold-orders',
    conditions: {
      ...{ orders: ORDERS, nodes: NODES, gpus: NODES * 8, cpu: cpus()[0]?.model ?? 'unknown' },
      ...{ node: process.version, chain: 'none', cluster: 'none' },
    },
    figures: {
      ...{ bids: sent, skipped, intents, reasons: decisions.skippedByReason() },
      cpuSeconds: Number(cpuSeconds.toFixed(2)),
      wallSeconds: Number(wallSeconds.toFixed(2)),
      longestPauseMs: Math.round(pauses.max / 1e6),
      slowestDecisionMs: Math.round(slowest),
      rssBeforeMib,
      rssMib: Math.round(rssMib),
    },
    bar: `${BAR_SECONDS} s, ${BAR_MIB} MiB`,
    met,
  }),
);
process.exitCode = met ? 0 : 1;
