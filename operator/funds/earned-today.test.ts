import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '../../market/money.js';
import type { Lease } from '../../market/records.js';
import { earnedBetween, midnightHeight } from './earned-today.js';

const owner = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const aLease = (createdAt: bigint, closedOn: bigint, price = '10.5', denom = 'uact'): Lease => ({
  id: { owner, dseq: createdAt, gseq: 1, oseq: 1, provider: owner, bseq: 0 },
  state: closedOn === 0n ? 'active' : 'closed',
  price: { denom, amount: parseDecimal(price) },
  createdAt,
  closedOn,
  reason: '',
});

describe('midnightHeight', () => {
  it.each([
    ['an hour into the day at 6 s', 10_000n, 3600_000, 6000, 9400n],
    ['at midnight', 10_000n, 0, 6000, 10_000n],
    ['a chain younger than the day', 100n, 3600_000, 1000, 0n],
  ])('%s', (_name, height, timeMs, blockTimeMs, want) => {
    expect(midnightHeight(height, timeMs, blockTimeMs)).toBe(want);
  });
});

describe('earnedBetween', () => {
  it.each<[string, Lease, bigint]>([
    ['a lease alive all along', aLease(50n, 0n), 1050n],
    ['a lease that began in between', aLease(190n, 0n), 105n],
    ['a lease that ended in between', aLease(50n, 101n), 10n],
    ['a lease that ended before', aLease(50n, 100n), 0n],
    ['a lease in another denomination', aLease(50n, 0n, '10', 'uakt'), 0n],
  ])('%s', (_name, lease, want) => {
    expect(earnedBetween([lease], 100n, 200n)).toBe(want);
  });
});
