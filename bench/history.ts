/**
 * What the decision history costs: time on the hot path, and bytes in the cluster. A day of a busy market (1,000 orders, each
 * decided three times with different answers) on 100 nodes with 800 GPUs, where every bid changes the inventory. The last
 * line is one JSON object; the exit status is 1 when a bar is missed. Times are of processor time.
 */
import { gzipSync } from 'node:zlib';
import { decide } from '../bidengine/decide.js';
import type { DecideInput, Decision } from '../bidengine/input.js';
import { reservationOf } from '../bidengine/reserve.js';
import { withReservations } from '../bidengine/reservations.js';
import { anInput } from '../bidengine/testing/input-builder.js';
import { aNode, aSnapshot, H100 } from '../bidengine/testing/node-builder.js';
import { anOrder } from '../bidengine/testing/order-builder.js';
import type { HistoryEntry } from '../history/entry.js';
import { SegmentWriter } from '../history/segment-writer.js';
import { FakeClock } from '../kube/testing/fake-clock.js';
import { DecisionJournal } from '../operator/history/journal.js';

const NODES = 100;
const ORDERS = 1_000;
/** What one decision may cost on the hot path, and what a day may take in etcd. */
const BAR_NOTE_US = 20;
const BAR_DAY_MIB = 8;

const cpuMs = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const snapshot = aSnapshot(
  Array.from({ length: NODES }, (_, i) =>
    aNode(`node-${1000 + i}`)
      .withGpus(H100, 8)
      .obj(),
  ),
);
const free = anInput({ snapshot });

/** A fixed stream of numbers in [0, n): orders that do not compress better than real ones. */
const stream = (seed: number): ((n: number) => number) => {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
};
const random = stream(1);
const CHARSET = '023456789acdefghjklmnpqrstuvwxyz';
const owner = (): string =>
  `akash1${Array.from({ length: 38 }, () => CHARSET[random(32)] ?? '0').join('')}`;

/** Three answers on each order: no price book, too dear, a bid that takes its place. */
const decisions = (): readonly { readonly input: DecideInput; readonly decision: Decision }[] => {
  const made: { input: DecideInput; decision: Decision }[] = [];
  let inventory = snapshot;
  for (let i = 1; i <= ORDERS; i += 1) {
    // The cluster is emptied now and then, or there would be nothing left to sell.
    if (i % 150 === 0) inventory = snapshot;
    const gpus = [1, 1, 2, 4, 8][i % 5] ?? 1;
    const order = anOrder(BigInt(20_000_000 + random(1_000_000)))
      .withOwner(owner())
      .withGpu('nvidia', 'h100', gpus)
      .withCpu(1000 + random(16_000))
      .withMemory(2n ** 30n * BigInt(1 + random(64)))
      .withPrice(`${50_000 + random(100_000)}`)
      .obj();
    const units = order.spec.units.map((u) => ({
      ...u,
      price: { denom: 'uact', amount: u.price.amount.div('1000000') },
    }));
    const low = { ...order, spec: { ...order.spec, units } };
    const chain = { ...free.chain, height: BigInt(i) };
    const wallet = { ...free.wallet, uakt: { spendable: BigInt(10_000_000 + i), committed: 0n } };
    const base = { ...free, chain, wallet, snapshot: inventory, nowMs: i * 86_400 };
    for (const input of [
      { ...base, order, policies: [] },
      { ...base, order: low },
      { ...base, order },
    ]) {
      const decision = decide(input);
      made.push({ input, decision });
      if (decision.type !== 'bid') continue;
      const held = reservationOf(order.id, order.spec, decision.placement, 'bid open');
      inventory = withReservations(inventory, [held]);
    }
  }
  return made;
};

const made = decisions();
const journal = new DecisionJournal(new FakeClock(), free.provider.address);
const repeats = 20;
const noteMs = cpuMs(() => {
  for (const { input, decision } of made) journal.decided(input, decision);
});
const entries: readonly HistoryEntry[] = journal.drain(Number.MAX_SAFE_INTEGER);
const last = made.at(-1) ?? { input: free, decision: decide(free) };
const repeatMs = cpuMs(() => {
  for (let i = 0; i < made.length * repeats; i += 1) journal.decided(last.input, last.decision);
});

/** Written as the keeper does, but one save for every ten decisions: what is saved in all is ten times that at most. */
const SAVE_EVERY = 10;
let bytes = 0;
let saved = 0;
let segments = 0;
let text = 0;
const writeMs = cpuMs(() => {
  let writer = new SegmentWriter({ startedAtMs: 0, writer: 'bench' });
  for (let at = 0; at < entries.length; at += SAVE_EVERY) {
    for (const entry of entries.slice(at, at + SAVE_EVERY)) writer.add(entry);
    const size = gzipSync(writer.text()).length;
    saved += size;
    if (size < 64 * 1024 && at + SAVE_EVERY < entries.length) continue;
    bytes += size;
    text += writer.size;
    segments += 1;
    writer = new SegmentWriter({ startedAtMs: 0, writer: 'bench' });
  }
});

const figures = {
  decisions: made.length,
  noteUs: Number(((noteMs * 1000) / made.length).toFixed(2)),
  repeatUs: Number(((repeatMs * 1000) / (made.length * repeats)).toFixed(3)),
  bytesPerDecision: Math.round(bytes / made.length),
  textBytesPerDecision: Math.round(text / made.length),
  dayMib: Number((bytes / 2 ** 20).toFixed(2)),
  segments,
  savedMibPerDayAtMost: Math.round((saved * SAVE_EVERY) / 2 ** 20),
  saveMs: Number((writeMs / (made.length / SAVE_EVERY)).toFixed(1)),
};
const met = figures.noteUs <= BAR_NOTE_US && figures.dayMib <= BAR_DAY_MIB;
console.log(figures);
console.log(
  JSON.stringify({
    name: 'history',
    conditions: { nodes: NODES, gpus: NODES * 8, orders: ORDERS, node: process.version, cores: 1 },
    figures,
    bar: `${BAR_NOTE_US} us a decision on the hot path, ${BAR_DAY_MIB} MiB a day`,
    met,
  }),
);
process.exitCode = met ? 0 : 1;
