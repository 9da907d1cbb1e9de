/** Bursts of orders in one block: how many have their bid in the next one, and how soon a mempool had it. */
import { startBench } from './bench-stack.js';
import { burst } from './burst.js';
import type { Burst } from './burst.js';
import { burstFigures, conclude, printBurst, quantile } from './report.js';

const BURSTS = [1, 10, 100, 200] as const;
/** Single orders one after the other, for the tail of their latency. */
const SINGLES = 20;
const BAR = { inNextBlock: 1, oneOrderP99Ms: 100, lastOf200Ms: 800 };

const measure = async (unordered: boolean) => {
  const mode = unordered ? 'unordered' : 'ordered';
  const bench = await startBench({ unordered });
  try {
    await bench.bidding();
    // The first orders meet cold code and empty caches: the operator has then run for seconds, not days.
    for (let i = 0; i < 3; i += 1) await burst(bench, 5);
    const singles: number[] = [];
    for (let i = 0; i < SINGLES; i += 1) singles.push(...(await burst(bench, 1)).acceptedMs);
    singles.sort((a, b) => a - b);
    const bursts: Burst[] = [];
    for (const orders of BURSTS) {
      const found = await burst(bench, orders);
      printBurst(mode, found);
      bursts.push(found);
    }
    return { mode, singles, bursts };
  } finally {
    await bench.stop();
  }
};

/** @returns whether the bars were met; those of the ordered mode are printed only */
export const benchBursts = async (): Promise<boolean> => {
  const met: boolean[] = [];
  for (const unordered of [true, false]) {
    const { mode, singles, bursts } = await measure(unordered);
    const oneOrderP99Ms = Math.round(quantile(singles, 0.99) * 10) / 10;
    const last = bursts.at(-1)?.acceptedMs.at(-1) ?? Number.NaN;
    const reached =
      bursts.every((b) => b.inNextBlock >= BAR.inNextBlock && b.missing === 0) &&
      oneOrderP99Ms < BAR.oneOrderP99Ms &&
      last < BAR.lastOf200Ms;
    met.push(
      conclude({
        ...{ name: `bids-bursts-${mode}`, conditions: { mode, singles: singles.length } },
        figures: { oneOrderP99Ms, bursts: bursts.map(burstFigures) },
        bar: unordered ? BAR : {},
        met: unordered ? reached : bursts.every((b) => b.missing === 0),
      }),
    );
  }
  return met.every(Boolean);
};
