/**
 * What was signed in the last hour and day, in slices of five minutes. A slice counts as long as any part of it may lie
 * within the window, so a window's true total never exceeds its limit; the price is that the limit frees up to five minutes late.
 */
import type { Reason } from '../../market/reasons.js';
import { refuse } from '../reasons.js';
import type { SignerReasonCode } from '../reasons.js';
import { addSpend, NOTHING_SPENT } from './signing-policy.js';
import type { SigningPolicy, Spend, WindowLimits } from './signing-policy.js';

export const SLICE_MS = 300_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Spent in the slice that starts at `slice * SLICE_MS`, Unix milliseconds. */
export interface SpentSlice {
  readonly slice: number;
  readonly spend: Spend;
}

/** Slices in any order, at most one of a kind. */
export type Spent = readonly SpentSlice[];

/** The total of a window that ends now. Slices of the future count as well: the clock may have been set back. */
export const spentWithin = (spent: Spent, nowMs: number, windowMs: number): Spend =>
  spent
    .filter(({ slice }) => (slice + 1) * SLICE_MS > nowMs - windowMs)
    .map(({ spend }) => spend)
    .reduce(addSpend, NOTHING_SPENT);

/** `spent` with this much more at `nowMs`, and without what no window sees any more. */
export const withSpend = (spent: Spent, nowMs: number, spend: Spend): Spent => {
  const slice = Math.floor(nowMs / SLICE_MS);
  const kept = spent.filter((s) => (s.slice + 1) * SLICE_MS > nowMs - DAY_MS && s.slice !== slice);
  const before = spent.find((s) => s.slice === slice)?.spend ?? NOTHING_SPENT;
  return [...kept, { slice, spend: addSpend(before, spend) }];
};

/** Everything used up from `nowMs` on, for one day: where the counters start when their object is missing. */
export const spentUp = (policy: SigningPolicy, nowMs: number): Spent => {
  const { feesUakt, deposits, closes, transactions } = policy.perDay;
  const spend = { feesUakt, depositsUakt: deposits, depositsUact: deposits, closes, transactions };
  return withSpend([], nowMs, spend);
};

const overLimit = (total: Spend, limits: WindowLimits): [SignerReasonCode, string] | undefined => {
  const over = (what: string, spent: bigint, limit: bigint): string | undefined =>
    spent > limit ? `${what} would come to ${spent} of ${limit}` : undefined;
  const rows: readonly [SignerReasonCode, string | undefined][] = [
    ['SignFeesSpent', over('fees in uakt', total.feesUakt, limits.feesUakt)],
    ['SignDepositsSpent', over('deposits in uakt', total.depositsUakt, limits.deposits)],
    ['SignDepositsSpent', over('deposits in uact', total.depositsUact, limits.deposits)],
    ['SignClosesSpent', over('closes', total.closes, limits.closes)],
    ['SignTransactionsSpent', over('transactions', total.transactions, limits.transactions)],
  ];
  for (const [code, text] of rows) if (text !== undefined) return [code, text];
  return undefined;
};

/** Why `more` may not be signed now on top of `spent`; `undefined` when it may. */
export const limitFault = (
  policy: SigningPolicy,
  spent: Spent,
  nowMs: number,
  more: Spend,
): Reason | undefined => {
  for (const [window, ms, limits] of [
    ['hour', HOUR_MS, policy.perHour],
    ['day', DAY_MS, policy.perDay],
  ] as const) {
    const fault = overLimit(addSpend(spentWithin(spent, nowMs, ms), more), limits);
    if (fault !== undefined) {
      const [code, text] = fault;
      return refuse(
        code,
        `Within one ${window}, ${text}; it frees by itself, or raise the signer's limits.per${window === 'hour' ? 'Hour' : 'Day'}.`,
      );
    }
  }
  return undefined;
};
