import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Decimal } from '../../market/money.js';
import { withdrawalFeeUact, withdrawalPeriodBlocks } from './withdrawal-rhythm.js';
import type { RhythmTerms } from './withdrawal-rhythm.js';

const d = (text: string): Decimal => new Decimal(text);
const terms: RhythmTerms = {
  feeUact: d('3050'),
  capitalPercentPerYear: 15,
  blockTimeMs: 6000,
  maxBlocks: 100_000n,
};

describe('withdrawalPeriodBlocks', () => {
  it.each<[string, string, Partial<RhythmTerms>, bigint]>([
    // √(2 · 3050 / (0.15 · 6 s / year · 3333)) = 8008 blocks, 13 hours.
    ['an H100 at 2 USD an hour: every 13 hours', '3333', {}, 8008n],
    ['a hundredth of it: ten times as long', '33.33', {}, 80_080n],
    ['never longer than asked for', '0.01', {}, 100_000n],
    ['a lease that earns nothing', '0', {}, 100_000n],
    ['at least a block', '1000000000000', {}, 1n],
    ['a free withdrawal is made in every block', '3333', { feeUact: d('0') }, 1n],
  ])('%s', (_name, rate, over, want) => {
    expect(withdrawalPeriodBlocks(d(rate), { ...terms, ...over })).toBe(want);
  });

  it('no neighbour costs less per block than the period chosen', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 6 }),
        fc.integer({ min: 1, max: 200 }),
        (rate, percent) => {
          const given = { ...terms, capitalPercentPerYear: percent, maxBlocks: 10n ** 12n };
          const n = Number(withdrawalPeriodBlocks(d(String(rate)), given));
          const i = (percent / 100) * (6 / (365 * 86_400));
          const cost = (blocks: number): number => 3050 / blocks + (i * rate * blocks) / 2;
          // The chosen one is cut to whole blocks, so the best whole number is it or the next.
          expect(Math.min(cost(n), cost(n + 1))).toBeLessThanOrEqual(cost(n + 2) * (1 + 1e-9));
          if (n > 1) expect(cost(n)).toBeLessThanOrEqual(cost(n - 1) * (1 + 1e-9));
        },
      ),
    );
  });

  it('the fee follows the price of AKT', () => {
    expect(withdrawalFeeUact(d('0.025'), d('0.5')).toString()).toBe('1525');
  });
});
