/** The same bursts with every answer of the node delayed, as a distant node's are; drawn to docs/bids-by-delay.svg. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startToxicLink } from '../../test/peers/toxiproxy.js';
import type { OwnToxicLink } from '../../test/peers/toxiproxy.js';
import { startBench } from './bench-stack.js';
import { burst } from './burst.js';
import type { Burst } from './burst.js';
import { plotDelays } from './plot.js';
import { burstFigures, conclude, printBurst } from './report.js';

const DELAYS_MS = [0, 50, 200] as const;
const BURSTS = [1, 10, 100, 200] as const;
const PLOT = join(import.meta.dirname, '../../docs/bids-by-delay.svg');

export interface DelayedBursts {
  readonly delayMs: number;
  readonly bursts: readonly Burst[];
}

/** Each delay on a stack of its own: the cluster has room for some six hundred pods, and every bid holds one. */
const measure = async (dir: string, delayMs: number): Promise<DelayedBursts> => {
  let link: OwnToxicLink | undefined;
  const bench = await startBench({
    chainThrough: async (rpcUrl) => {
      link = await startToxicLink(dir, `chain-${delayMs}`, Number(new URL(rpcUrl).port));
      return `http://127.0.0.1:${link.port}`;
    },
  });
  try {
    await bench.bidding();
    if (delayMs > 0) await link?.add({ type: 'latency', ms: delayMs });
    for (let i = 0; i < 3; i += 1) await burst(bench, 5);
    const bursts: Burst[] = [];
    for (const orders of BURSTS) {
      const found = await burst(bench, orders);
      printBurst(`${delayMs} ms per answer`, found);
      bursts.push(found);
    }
    return { delayMs, bursts };
  } finally {
    await bench.stop();
    await link?.stop();
  }
};

/** @returns whether no order was left without a bid; the curve itself has no bar */
export const benchDelays = async (): Promise<boolean> => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-bench-delays-'));
  const results: DelayedBursts[] = [];
  try {
    for (const delayMs of DELAYS_MS) results.push(await measure(dir, delayMs));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  writeFileSync(PLOT, plotDelays(results));
  return conclude({
    name: 'bids-delays',
    conditions: { through: 'toxiproxy, every answer and frame of the node is late by the delay' },
    figures: results.map(({ delayMs, bursts }) => ({
      delayMs,
      bursts: bursts.map(burstFigures),
    })),
    bar: { missing: 0 },
    met: results.every(({ bursts }) => bursts.every((b) => b.missing === 0)),
  });
};
