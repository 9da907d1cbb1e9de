import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareHeaders, lagsOf } from './compare-endpoints.js';
import type { HeaderClaim } from './compare-endpoints.js';

const LIMITS = { maxBlocks: 2, graceMs: 3_000, maxMs: 20_000 };
/** One endpoint per height; block times follow the height. */
const lagging = (heights: readonly number[], blockMs: number): readonly boolean[] =>
  lagsOf(
    heights.map((h, i) => ({ label: `e${i}`, height: BigInt(h), timeMs: h * blockMs })),
    LIMITS,
  ).map((lag) => lag.lagging);

describe('lag', () => {
  it.each<[string, number[], number, boolean[]]>([
    ['alone nobody lags', [5], 1_000, [false]],
    ['two blocks behind are noise', [10, 8], 1_000, [false, false]],
    ['four blocks and four seconds are not', [10, 6], 1_000, [false, true]],
    ['ten blocks of 0.2 s are two seconds: noise', [20, 10], 200, [false, false]],
    ['one block of half a minute is lag', [10, 9], 30_000, [false, true]],
    [
      'of three, one that nobody comes near makes no liars',
      [9_999, 10, 10],
      1_000,
      [false, false, false],
    ],
  ])('%s', (_name, heights, blockMs, want) => {
    expect(lagging(heights, blockMs)).toEqual(want);
  });
});

const claim = (text: string): HeaderClaim => {
  const [label = '', hash = ''] = text.replace('*', '').split('=');
  return { label, hash, trusted: text.startsWith('*') };
};

describe('headers that differ', () => {
  it.each<[string, string[], string[] | undefined]>([
    ['nobody to compare with says nothing', ['a=1'], undefined],
    ['one place under two names is one witness', ['a=1', 'a=1'], undefined],
    ['all the same agree', ['a=1', 'b=1'], ['agrees', 'agrees']],
    ['of two nobody knows who lies', ['a=1', 'b=2'], ['disputed', 'disputed']],
    ['of three the majority is right', ['a=1', 'b=2', 'c=1'], ['agrees', 'differs', 'agrees']],
    [
      'two against two nobody knows',
      ['a=1', 'b=2', 'c=1', 'd=2'],
      Array<string>(4).fill('disputed'),
    ],
    ['a trusted one decides', ['*a=1', 'b=2'], ['agrees', 'differs']],
    ['also against the majority', ['*a=1', 'b=2', 'c=2'], ['agrees', 'differs', 'differs']],
    [
      'trusted ones that differ fall back to the majority',
      ['*a=1', '*b=2', 'c=2'],
      ['differs', 'agrees', 'agrees'],
    ],
  ])('%s', (_name, claims, want) => {
    expect(compareHeaders(claims.map(claim))).toEqual(want);
  });

  it('never calls a majority liars without a trusted word', () => {
    const claims = fc.array(fc.tuple(fc.nat(6), fc.nat(2)), { minLength: 2, maxLength: 7 });
    fc.assert(
      fc.property(claims, (list) => {
        const made = [...new Map(list).entries()].map(([l, h]) => claim(`e${l}=${h}`));
        const verdicts = compareHeaders(made) ?? [];
        expect(verdicts.filter((v) => v === 'differs').length * 2).toBeLessThanOrEqual(made.length);
      }),
    );
  });
});
