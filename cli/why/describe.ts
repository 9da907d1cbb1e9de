/** Past decisions in words. */
import { shortfallOf } from '../../history/lost.js';
import type { KeptDecision, KeptEntry } from '../../history/segment-reader.js';
import type { TakenEntry } from '../../history/entry.js';
import type { PriceTerm } from '../../bidengine/input.js';
import { formatUsd, shortCoin } from '../format/money.js';
import { formatTable, printable } from '../format/table.js';
import { recheck } from './recheck.js';

const time = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 19);

const termLines = (breakdown: readonly PriceTerm[]): readonly string[] =>
  formatTable(
    ['  ITEM', 'QUANTITY', 'USD/HOUR EACH', 'USD/HOUR'],
    breakdown.map((t) => [
      `  ${printable(t.item, 80)}`,
      t.quantity.toFixed(),
      t.usdPerHourEach.toFixed(),
      t.usdPerHour.toFixed(),
    ]),
  );

const decisionLines = ({ atMs, height, decision, snapshotId }: KeptDecision): readonly string[] => {
  const when = `${time(atMs)} UTC, block ${height}`;
  const inventory = `  on inventory ${snapshotId ?? '(not kept)'}`;
  if (decision.type === 'skip') {
    return [
      `${when}: no bid`,
      ...decision.reasons.map((r) => `  ${r.code}: ${printable(r.message, 400)}`),
      inventory,
    ];
  }
  return [
    `${when}: bid ${shortCoin(decision.price)} per block (${formatUsd(decision.usdPerHour)}/hour) by price book ${printable(decision.policy, 80)}`,
    ...termLines(decision.breakdown),
    inventory,
  ];
};

const takenLines = ({ atMs, height, id, price, ours }: TakenEntry): readonly string[] => {
  const block = height === 0n ? '' : `, block ${height}`;
  const first = `${time(atMs)} UTC${block}: the tenant took the bid of ${id.provider} at ${shortCoin(price)} per block`;
  if (ours === undefined) return [first, '  we had no bid'];
  const short = shortfallOf(ours, price);
  switch (short.kind) {
    case 'dearer':
      return [
        first,
        `  ours was ${shortCoin(ours)}; ${shortCoin(short.needed)} or less, ${short.less.toFixed()} ${ours.denom} less, would have been cheaper`,
      ];
    case 'not-price':
      return [first, `  ours was ${shortCoin(ours)}, which is cheaper: something else decided`];
    case 'incomparable':
      return [first, `  ours was ${shortCoin(ours)}: another denomination`];
  }
};

const recheckLine = (kept: KeptDecision): string => {
  const result = recheck(kept);
  switch (result.kind) {
    case 'same':
      return '  decided again on the same input: the same answer';
    case 'different':
      return `  decided again on the same input this version says: ${result.answer}`;
    case 'impossible':
      return `  cannot be decided again: ${result.why}`;
  }
};

/** Lines for people, oldest first. @param again whether to decide each again */
export const describeEntries = (entries: readonly KeptEntry[], again: boolean): readonly string[] =>
  entries.flatMap((entry): readonly string[] => {
    switch (entry.type) {
      case 'decided':
        return [...decisionLines(entry), ...(again ? [recheckLine(entry)] : [])];
      case 'again':
        return [
          `${time(entry.atMs)} UTC: the same ${entry.times} times more, up to block ${entry.height}`,
        ];
      case 'taken':
        return takenLines(entry);
    }
  });
