import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { POLICY } from '../testing/a-transaction.js';
import { addSpend, NOTHING_SPENT } from './signing-policy.js';
import type { SigningPolicy, Spend } from './signing-policy.js';
import { limitFault, SLICE_MS, spentUp, spentWithin, withSpend } from './spending.js';
import type { Spent } from './spending.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = 1_790_000_000_000;
const closes = (n: bigint): Spend => ({ ...NOTHING_SPENT, closes: n, transactions: 1n });

const tight: SigningPolicy = {
  ...POLICY,
  perHour: { feesUakt: 100n, deposits: 100n, closes: 5n, transactions: 50n },
  perDay: { feesUakt: 1000n, deposits: 1000n, closes: 8n, transactions: 500n },
};

describe('limits per hour and day', () => {
  test.each<[string, Spend, string]>([
    ['fees', { ...NOTHING_SPENT, feesUakt: 101n }, 'SignFeesSpent'],
    ['deposits in uakt', { ...NOTHING_SPENT, depositsUakt: 101n }, 'SignDepositsSpent'],
    ['deposits in uact', { ...NOTHING_SPENT, depositsUact: 101n }, 'SignDepositsSpent'],
    ['closes', { ...NOTHING_SPENT, closes: 6n }, 'SignClosesSpent'],
    ['transactions', { ...NOTHING_SPENT, transactions: 51n }, 'SignTransactionsSpent'],
  ])('%s over the hour are refused by name', (_, spend, code) => {
    expect(limitFault(tight, [], NOON, spend)?.code).toBe(code);
  });

  test('the day goes on counting what the hour has forgotten', () => {
    const spent = withSpend([], NOON, closes(5n));
    const later = NOON + HOUR + SLICE_MS;
    expect(limitFault(tight, spent, NOON, closes(1n))?.message).toContain('one hour');
    expect(limitFault(tight, spent, later, closes(3n))).toBeUndefined();
    expect(limitFault(tight, spent, later, closes(4n))?.message).toContain('one day');
    expect(limitFault(tight, spent, NOON + DAY + SLICE_MS, closes(5n))).toBeUndefined();
  });

  test('a clock that was set back frees nothing', () => {
    const spent = withSpend([], NOON, closes(5n));
    expect(limitFault(tight, spent, NOON - 2 * HOUR, closes(1n))?.code).toBe('SignClosesSpent');
  });

  test('lost counters count as spent for a day', () => {
    const spent = spentUp(tight, NOON);
    expect(limitFault(tight, spent, NOON + DAY - 1, closes(1n))?.code).toBe('SignClosesSpent');
    expect(limitFault(tight, spent, NOON + DAY + SLICE_MS, closes(1n))).toBeUndefined();
  });
});

test('however requests are spread, no window of an hour or day ever holds more than its limit', () => {
  const request = fc.record({ afterMs: fc.nat(2 * HOUR), closes: fc.bigInt(0n, 4n) });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
      let spent: Spent = [];
      let now = NOON;
      const signed: { readonly at: number; readonly spend: Spend }[] = [];
      for (const r of requests) {
        now += r.afterMs;
        const spend = closes(r.closes);
        if (limitFault(tight, spent, now, spend) !== undefined) continue;
        spent = withSpend(spent, now, spend);
        signed.push({ at: now, spend });
      }
      for (const { at } of signed) {
        for (const [window, limit] of [
          [HOUR, 5n],
          [DAY, 8n],
        ] as const) {
          const total = signed
            .filter((s) => s.at <= at && s.at > at - window)
            .map((s) => s.spend)
            .reduce(addSpend, NOTHING_SPENT);
          expect(total.closes <= limit).toBe(true);
        }
      }
      expect(spent.length).toBeLessThanOrEqual(DAY / SLICE_MS + 1);
    }),
  );
});

test('a slice counts while any part of it may be in the window', () => {
  const spent = withSpend([], NOON, closes(1n));
  const start = Math.floor(NOON / SLICE_MS) * SLICE_MS;
  expect(spentWithin(spent, start + SLICE_MS + HOUR - 1, HOUR).closes).toBe(1n);
  expect(spentWithin(spent, start + SLICE_MS + HOUR, HOUR).closes).toBe(0n);
});
