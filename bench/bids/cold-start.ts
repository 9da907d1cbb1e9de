/**
 * A cold start with a full book: 10,000 open orders on chain before the operator starts. A hundred of them fit what this cluster
 * sells, the others want a GPU that it does not have; every one is to be decided, with its reason.
 */
import { readFileSync } from 'node:fs';
import { waitFor } from '../../test/peers/wait.js';
import { mustLand, say, startBench } from './bench-stack.js';
import type { BenchStack } from './bench-stack.js';
import { aGroup } from './group.js';
import { conclude, ms } from './report.js';

const ORDERS = 10_000;
const FITTING = 100;
const PER_TX = 100;
const BAR = { decidedWithinMs: 10_000, residentMiB: 300 };

const openOrders = async ({ tenant }: BenchStack): Promise<void> => {
  const messages = Array.from({ length: ORDERS }, (_, i) => ({
    ...{ type: 'create-deployment' as const, hash: new Uint8Array(32).fill(1) },
    id: { owner: tenant.address, dseq: BigInt(2_000_000 + i) },
    groups: [aGroup(i % (ORDERS / FITTING) === 0 ? undefined : 'gb300')],
    deposit: { denom: 'uact', amount: 500_000n },
  }));
  for (let i = 0; i < ORDERS; i += PER_TX * 5) {
    const batches = Array.from({ length: 5 }, (_, k) =>
      messages.slice(i + k * PER_TX, i + (k + 1) * PER_TX),
    );
    const outcomes = await Promise.all(
      batches.map((batch) => tenant.submit(batch, { gas: 250_000n * BigInt(PER_TX) })),
    );
    outcomes.forEach(mustLand);
  }
};

const metric = async (base: string, name: string): Promise<number> => {
  const text = await (await fetch(`${base}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};

/** Highest resident memory of a process so far, mebibytes. */
const peakMiB = (pid: number): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
};

/** @returns whether the bars were met */
export const benchColdStart = async (): Promise<boolean> => {
  const bench = await startBench();
  try {
    const { operator, operatorMetrics } = bench.stack;
    await bench.bidding();
    await operator.terminate({ hold: true });
    say(`putting ${ORDERS} orders on chain`);
    await openOrders(bench);
    const started = performance.now();
    operator.release();
    await waitFor(
      'every order to be decided',
      async () => {
        const decided = await metric(operatorMetrics, 'berth_order_decisions_total').catch(() => 0);
        return decided >= ORDERS || undefined;
      },
      { timeoutMs: 120_000, intervalMs: 100 },
    );
    const decidedMs = ms(performance.now() - started);
    const bids = await waitFor(
      'the bids to be in blocks',
      async () => {
        const open = await bench.reader.bidsOf(bench.provider.address, 'open');
        return open.length >= FITTING ? open : undefined;
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    const residentMiB = ms(peakMiB(operator.pid() ?? 0));
    say(
      `${ORDERS} open orders at a cold start: all decided ${decidedMs} ms after the process was started, ${bids.length} bids in blocks, ` +
        `at most ${residentMiB} MiB resident`,
    );
    return conclude({
      ...{ name: 'bids-cold-start', conditions: { orders: ORDERS, fitting: FITTING } },
      figures: { decidedMs, residentMiB, bids: bids.length },
      bar: BAR,
      met: decidedMs < BAR.decidedWithinMs && residentMiB < BAR.residentMiB,
    });
  } finally {
    await bench.stop();
  }
};
