/** How a part of the bench says what it found: a table for people, one line of JSON for machines. */
import { cpus, loadavg } from 'node:os';
import type { Burst } from './burst.js';
import { say } from './bench-stack.js';

export interface Verdict {
  readonly name: string;
  readonly conditions?: Readonly<Record<string, unknown>>;
  readonly figures: unknown;
  readonly bar: Readonly<Record<string, unknown>>;
  readonly met: boolean;
}

/** Of a sorted list; NaN when it is empty. */
export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

export const ms = (value: number): number => Math.round(value * 10) / 10;

/** The figures of a burst as they are printed. */
export const burstFigures = ({
  acceptedMs,
  misses,
  ...counts
}: Burst): Readonly<Record<string, number>> => ({
  ...counts,
  acceptedP50Ms: ms(quantile(acceptedMs, 0.5)),
  acceptedP99Ms: ms(quantile(acceptedMs, 0.99)),
  acceptedLastMs: ms(acceptedMs.at(-1) ?? Number.NaN),
  misses: misses.length,
});

/** One line per burst, and every miss with its cause. */
export const printBurst = (label: string, b: Burst): void => {
  const figures = burstFigures(b);
  say(
    `${label.padEnd(24)} ${String(b.orders).padStart(4)} orders: bids H+${b.first} / H+${b.median} / H+${b.last}, ` +
      `${(b.inNextBlock * 100).toFixed(1)} % in the next block, ${b.missing} missing; ` +
      `CheckTx after ${figures['acceptedP50Ms']} ms (p50), ${figures['acceptedLastMs']} ms (last)`,
  );
  for (const miss of b.misses.slice(0, 20)) say(`    ${miss}`);
  if (b.misses.length > 20) say(`    and ${b.misses.length - 20} more`);
};

/** Prints the line of JSON. @returns whether the bar was met */
export const conclude = ({ name, conditions, figures, bar, met }: Verdict): boolean => {
  console.log(
    JSON.stringify({
      name,
      conditions: {
        ...{ blockTimeMs: 1000, cores: cpus().length, cpu: cpus()[0]?.model },
        ...{ node: process.version, processes: 'bundled', load1: loadavg()[0], ...conditions },
      },
      ...{ figures, bar, met },
    }),
  );
  return met;
};
