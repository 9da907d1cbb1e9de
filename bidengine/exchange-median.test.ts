import { describe, expect, it } from '@jest/globals';
import { assetOf, priceRate, valueRate } from './exchange.js';
import { medianRate } from './exchange-median.js';
import type { SourcePrice } from './exchange-median.js';
import { anInput, dec } from './testing/input-builder.js';

const source = (name: string, usd: string | undefined, atMs: number): SourcePrice => ({
  name,
  usd: usd === undefined ? undefined : dec(usd),
  atMs,
});
const rate = (...sources: readonly SourcePrice[]) => medianRate(sources, 100_000, 60_000, dec('5'));

describe('medianRate', () => {
  it.each<[string, readonly SourcePrice[], string, readonly string[]]>([
    ['one source', [source('a', '0.5', 100_000)], '0.5', ['a']],
    [
      'the middle of three',
      [source('a', '9', 99_000), source('b', '0.5', 90_000), source('c', '0.4', 80_000)],
      '0.5',
      ['a', 'b', 'c'],
    ],
    [
      'halfway between two',
      [source('a', '0.4', 99_000), source('b', '0.5', 99_000)],
      '0.45',
      ['a', 'b'],
    ],
    ['old ones do not count', [source('a', '9', 39_999), source('b', '0.5', 40_000)], '0.5', ['b']],
    [
      'nor those without a price, nor nothing',
      [source('a', undefined, 99_000), source('z', '0', 99_000), source('b', '0.5', 99_000)],
      '0.5',
      ['b'],
    ],
  ])('%s', (_name, sources, usd, counted) => {
    expect(rate(...sources)).toMatchObject({ status: 'fresh', usd: dec(usd), sources: counted });
  });

  it('says what each source lacks', () => {
    expect(rate(source('oracle', undefined, 0), source('b', '1', 1_000))).toEqual({
      status: 'stale',
      why: 'oracle has no price, b is 99 s old; at most 60 s counts',
      conservativeUsd: dec('5'),
    });
    expect(rate()).toMatchObject({ status: 'stale', why: 'no price source is configured' });
  });

  it('a stale rate values what we spend, and never prices', () => {
    const rates = { ...anInput().exchange, akt: rate() };
    expect(priceRate(rates, 'akt')).toBeUndefined();
    expect(valueRate(rates, 'akt').toFixed()).toBe('5');
    expect([priceRate(rates, 'act')?.toFixed(), valueRate(rates, 'act').toFixed()]).toEqual([
      '1',
      '1',
    ]);
    expect(assetOf('uatom')).toBeUndefined();
  });
});
