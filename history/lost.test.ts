import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Decimal } from '../market/money.js';
import type { DecCoin } from '../market/money.js';
import { cheaperThan, shortfallOf } from './lost.js';

const uact = (amount: string): DecCoin => ({ denom: 'uact', amount: new Decimal(amount) });

describe('what it would have taken', () => {
  it('a dearer bid would have had to be one step below the one taken', () => {
    const short = shortfallOf(uact('120'), uact('100'));
    expect(short.kind).toBe('dearer');
    if (short.kind !== 'dearer') return;
    expect(short.needed.amount.toFixed()).toBe('99.999999');
    expect(short.less.toFixed()).toBe('20.000001');
  });

  it('an equal price is dear enough to lose', () => {
    expect(shortfallOf(uact('100'), uact('100')).kind).toBe('dearer');
  });

  it('a cheaper bid did not lose by its price', () => {
    expect(shortfallOf(uact('99'), uact('100'))).toEqual({ kind: 'not-price' });
  });

  it('two denominations cannot be compared', () => {
    expect(shortfallOf(uact('1'), { ...uact('1'), denom: 'uakt' }).kind).toBe('incomparable');
  });

  it('is always below the price taken, and a step more would not be', () => {
    const prices = fc.tuple(fc.integer({ min: 1, max: 10 ** 9 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(prices, ([whole, more]) => {
        const winning = uact(`${whole}.${'0'.repeat(more)}7`);
        const { amount } = cheaperThan(winning);
        expect(amount.lt(winning.amount)).toBe(true);
        expect(amount.plus('0.000001').gte(winning.amount)).toBe(true);
      }),
    );
  });
});
