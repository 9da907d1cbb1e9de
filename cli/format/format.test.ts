import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Decimal, parseDecimal } from '../../market/money.js';
import type { Resources } from '../../market/resources.js';
import { formatDuration, formatTime, parseDuration } from './duration.js';
import { countGpus, formatGpus } from './gpus.js';
import { exactCoin, formatRate, formatUsd, plainUsd, shortCoin, sumPrices } from './money.js';
import { formatTable, printable } from './table.js';

describe('tables', () => {
  it('pads columns to their widest cell and leaves no space at the end of a line', () => {
    expect(formatTable(['A', 'LONG', 'C'], [['1', '2', '333'], ['44444', '5'], []])).toEqual([
      'A       LONG   C',
      '1       2      333',
      '44444   5',
      '',
    ]);
  });

  it('counts coloured cells by what is seen', () => {
    const [, row] = formatTable(['A', 'B'], [['\u001b[32mok\u001b[39m', 'x']]);
    expect(row).toBe('\u001b[32mok\u001b[39m   x');
  });

  it('lines up whatever the cells hold', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'b', '0', '-'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), (rows) => {
        const lines = formatTable(['X', 'Y'], rows);
        const start = Math.max(1, ...rows.map(([first]) => first.length)) + 3;
        for (const [i, [first, second]] of rows.entries()) {
          expect(lines[i + 1]).toBe(`${first.padEnd(start)}${second}`.trimEnd());
        }
      }),
    );
  });

  it.each([
    ['\u001b[31mred\u001b[0m', '[31mred[0m'],
    ['a\r\nb\tc', 'abc'],
    ['\u202eabc', 'abc'],
    ['x'.repeat(300), `${'x'.repeat(200)}…`],
  ])('makes %j harmless', (text, want) => {
    expect(printable(text)).toBe(want);
  });
});

describe('amounts', () => {
  const uact = (amount: string) => ({ denom: 'uact', amount: parseDecimal(amount) });

  it.each([
    ['0', '$0.0000'],
    ['0.00004', '<$0.0001'],
    ['0.01249', '$0.0125'],
    ['1', '$1.00'],
    ['21.255', '$21.26'],
    ['1234.5', '$1234.50'],
  ])('%s USD reads %s', (usd, want) => {
    expect(formatUsd(parseDecimal(usd))).toBe(want);
  });

  it('a price reads in USD by the hour and exactly by the block', () => {
    expect(formatRate(uact('5666.6666666'), 6_000)).toBe('$3.40/hour (5666.666667 uact/block)');
    expect(formatRate(uact('5000'), undefined)).toBe('5000 uact/block');
    expect(formatRate({ ...uact('5000'), denom: 'uakt' }, 6_000)).toBe('5000 uakt/block');
    expect(exactCoin(uact('5666.666666666666666600'))).toBe('5666.6666666666666666uact');
    expect(shortCoin(uact('10.500000'))).toBe('10.5 uact');
    expect(plainUsd(parseDecimal('18.1234567'))).toBe('18.123456');
  });

  it('sums only what is of one denomination', () => {
    const sum = sumPrices([uact('1.5'), uact('2'), { ...uact('7'), denom: 'uakt' }]);
    expect(exactCoin(sum)).toBe('3.5uact');
    expect(sumPrices([]).amount.eq(new Decimal('0'))).toBe(true);
  });
});

describe('durations', () => {
  it.each([
    [0, '0s'],
    [999, '0s'],
    [59_000, '59s'],
    [61_000, '1m1s'],
    [3_600_000, '1h'],
    [3_605_000, '1h'],
    [90_061_000, '1d1h'],
    [Infinity, 'for ever'],
  ])('%d ms reads %s', (ms, want) => {
    expect(formatDuration(ms)).toBe(want);
  });

  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['1m30s', 90_000],
    ['2h', 7_200_000],
    ['250ms', 250],
    ['', undefined],
    ['s', undefined],
    ['-5s', undefined],
    ['1.5h', undefined],
    ['5 m', undefined],
  ])('%j is %p ms', (text, want) => {
    expect(parseDuration(text)).toBe(want);
  });

  it('a time is in UTC', () => {
    expect(formatTime(Date.UTC(2026, 10, 23, 12, 5, 59))).toBe('2026-11-23 12:05 UTC');
  });
});

describe('GPUs', () => {
  const resources = (units: number, ...keys: readonly string[]): Resources => ({
    id: 1,
    cpu: { milliCpu: 1n, attributes: [] },
    memory: { quantityBytes: 1n, attributes: [] },
    storage: [],
    gpu: { units: BigInt(units), attributes: keys.map((key) => ({ key, value: 'true' })) },
    endpoints: [],
  });

  it('counts replicas of all units by model', () => {
    const h100 = 'vendor/nvidia/model/h100/ram/80Gi/interface/sxm';
    const gpus = countGpus([
      { resources: resources(4, h100), count: 2 },
      { resources: resources(8, h100), count: 1 },
      { resources: resources(1, 'vendor/nvidia/model/*'), count: 3 },
      { resources: resources(0), count: 9 },
    ]);
    expect(gpus.map((g) => [g.model, g.count])).toEqual([
      ['h100', 16],
      [null, 3],
    ]);
    expect(formatGpus(gpus)).toBe('16 x h100 80Gi sxm, 3 x any nvidia');
    expect(formatGpus([])).toBe('-');
  });

  it('an attribute of another form counts as any GPU, for a bid can hold anything', () => {
    expect(formatGpus(countGpus([{ resources: resources(2, 'nonsense'), count: 1 }]))).toBe(
      '2 x any nvidia',
    );
  });
});
