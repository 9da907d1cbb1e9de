import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Decimal, parseDecimal } from '../../market/money.js';
import type { EscrowAccount, Lease } from '../../market/records.js';
import { earnedAt, runOutHeight } from './run-out.js';

const owner = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const aLease = (price: string, balance = '0', withdrawn = 0n): Lease => ({
  id: { owner, dseq: 7n, gseq: 1, oseq: 1, provider: owner, bseq: 0 },
  state: 'active',
  price: { denom: 'uact', amount: parseDecimal(price) },
  createdAt: 10n,
  closedOn: 0n,
  reason: '',
  payment: {
    state: 'open',
    rate: { denom: 'uact', amount: parseDecimal(price) },
    balance: { denom: 'uact', amount: parseDecimal(balance) },
    unsettled: { denom: 'uact', amount: parseDecimal('0') },
    withdrawn: { denom: 'uact', amount: withdrawn },
  },
});
const anAccount = (funds: string, settledAt = 100n): EscrowAccount => ({
  state: 'open',
  settledAt,
  funds: [{ denom: 'uact', amount: parseDecimal(funds) }],
  transferred: [],
});

describe('runOutHeight', () => {
  it.each([
    ['500 a block from 5000', '5000', ['500'], 111n],
    ['two leases share the account', '5000', ['500', '500'], 106n],
    ['a remainder that does not pay a block', '5400', ['500'], 111n],
    ['an empty account', '0', ['500'], 101n],
  ])('%s', (_name, funds, prices, want) => {
    expect(
      runOutHeight(
        anAccount(funds),
        prices.map((p) => aLease(p)),
        'uact',
      ),
    ).toBe(want);
  });

  it('is unknown when nothing draws in that denomination', () => {
    expect(runOutHeight(anAccount('5000'), [aLease('500')], 'uakt')).toBeUndefined();
  });
});

describe('earnedAt', () => {
  it('adds what was paid out, what is settled and what accrued since', () => {
    const lease = aLease('500', '250.5', 1000n);
    expect(earnedAt(lease, anAccount('5000'), [lease], 104n).toString()).toBe('3250.5');
  });

  it('never exceeds what the account can pay, however late the view', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 6 }),
        fc.bigInt({ min: 0n, max: 10n ** 7n }),
        (price, later) => {
          const lease = aLease(String(price));
          const earned = earnedAt(lease, anAccount('5000'), [lease], 100n + later);
          expect(earned.lte(new Decimal('5000'))).toBe(true);
        },
      ),
    );
  });
});
