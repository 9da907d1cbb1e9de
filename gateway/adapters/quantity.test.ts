import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readQuantity } from './quantity.js';

describe('a Kubernetes quantity', () => {
  it.each<readonly [string | undefined, 1 | 1000, bigint]>([
    ['2', 1000, 2000n],
    ['250m', 1000, 250n],
    ['0.5', 1000, 500n],
    ['.5', 1000, 500n],
    ['5.', 1, 5n],
    ['1n', 1000, 1n],
    ['64Mi', 1, 67_108_864n],
    ['1.5Gi', 1, 1_610_612_736n],
    ['1G', 1, 1_000_000_000n],
    ['1e3', 1, 1000n],
    ['1E3', 1, 1000n],
    ['1E', 1, 1_000_000_000_000_000_000n],
    ['100m', 1, 1n],
    [undefined, 1, 0n],
    ['lots', 1, 0n],
    ['-1', 1, 0n],
  ])('%p at scale %d is %s', (text, scale, want) => {
    expect(readQuantity(text, scale)).toBe(want);
  });

  it('of whole bytes is exact at any size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 80n }), (bytes) => {
        expect(readQuantity(bytes.toString())).toBe(bytes);
        expect(readQuantity(`${bytes}Ki`)).toBe(bytes * 1024n);
      }),
    );
  });
});
