/** One price out of several sources: the median of those that are fresh, or why there is none. */
import { Decimal } from '../market/money.js';
import type { ExchangeRate } from './exchange.js';

/** What one source said last. */
export interface SourcePrice {
  /** `chain oracle`, or the name in the configuration. */
  readonly name: string;
  /** US dollars per whole coin, above 0; `undefined` when it has not answered yet or had no price. */
  readonly usd: Decimal | undefined;
  /** Unix milliseconds of the answer. */
  readonly atMs: number;
}

const TWO = new Decimal('2');

const median = (sorted: readonly Decimal[]): Decimal | undefined => {
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? undefined : upper.plus(lower).div(TWO);
};

/**
 * @param maxAgeMs a price that is older does not count
 * @param conservativeUsd the operator's stated rate while none counts
 */
export const medianRate = (
  sources: readonly SourcePrice[],
  nowMs: number,
  maxAgeMs: number,
  conservativeUsd: Decimal,
): ExchangeRate => {
  const fresh = sources.flatMap((s) =>
    s.usd !== undefined && s.usd.gt('0') && nowMs - s.atMs <= maxAgeMs
      ? [{ ...s, usd: s.usd }]
      : [],
  );
  const usd = median(fresh.map((s) => s.usd).sort((a, b) => a.cmp(b)));
  if (usd !== undefined) {
    const ageMs = Math.max(...fresh.map((s) => nowMs - s.atMs));
    return { status: 'fresh', usd, ageMs, sources: fresh.map((s) => s.name) };
  }
  const seconds = (ms: number): string => `${Math.floor(ms / 1000)} s`;
  const words = sources.map(({ name, usd: had, atMs }) =>
    had === undefined ? `${name} has no price` : `${name} is ${seconds(nowMs - atMs)} old`,
  );
  const why =
    sources.length === 0
      ? 'no price source is configured'
      : `${words.join(', ')}; at most ${seconds(maxAgeMs)} counts`;
  return { status: 'stale', why, conservativeUsd };
};
