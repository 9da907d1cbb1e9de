import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Decimal, parseDecimal, truncate } from '../../market/money.js';
import type { EscrowAccount, Lease } from '../../market/records.js';
import { earnedAt, payableBlocks, runOutOf } from './run-out.js';

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

const heights = (
  account: EscrowAccount,
  leases: readonly Lease[],
  uaktUsd?: string,
): [bigint | undefined, bigint | undefined] => {
  const found = runOutOf(
    account,
    leases,
    uaktUsd === undefined ? undefined : parseDecimal(uaktUsd),
  );
  return [found?.ownFundsHeight, found?.height];
};

describe('runOutOf', () => {
  it.each([
    ['500 a block from 5000', '5000', ['500'], 111n],
    [
      "two leases share the account, another provider's counts like ours",
      '5000',
      ['500', '500'],
      106n,
    ],
    ['a remainder that does not pay a block', '5400', ['500'], 111n],
    ['an empty account', '0', ['500'], 101n],
    ['fractions that a settlement cuts', '1', ['0.4'], 105n],
  ])('%s', (_name, funds, prices, want) => {
    const leases = prices.map((p) => aLease(p));
    expect(heights(anAccount(funds), leases)).toEqual([want, want]);
  });

  it('is unknown when nothing draws on the account', () => {
    expect(runOutOf(anAccount('5000'), [], undefined)).toBeUndefined();
  });

  it('an account short in one of two denominations is overdrawn as a whole', () => {
    const inUakt = { denom: 'uakt', amount: parseDecimal('10') };
    const account = {
      ...anAccount('5000'),
      funds: [...anAccount('5000').funds, { ...inUakt, amount: parseDecimal('30') }],
    };
    const other = aLease('500');
    const legacy: Lease = {
      ...other,
      price: inUakt,
      ...(other.payment === undefined ? {} : { payment: { ...other.payment, rate: inUakt } }),
    };
    expect(heights(account, [other, legacy])).toEqual([104n, 104n]);
  });

  it('uakt stands in for uact only while minting is halted, at the price of the oracle', () => {
    const uakt = { denom: 'uakt', amount: parseDecimal('1000') };
    const account = { ...anAccount('5000'), funds: [...anAccount('5000').funds, uakt] };
    expect(heights(account, [aLease('500')])).toEqual([111n, 111n]);
    expect(heights(account, [aLease('500')], '2.5')).toEqual([111n, 116n]);
  });
});

describe('payableBlocks', () => {
  it('is the last number of blocks whose cut dues the funds cover', () => {
    const rate = fc
      .integer({ min: 1, max: 10 ** 9 })
      .map((n) => new Decimal(String(n)).div(new Decimal('1000')));
    fc.assert(
      fc.property(
        fc.array(rate, { minLength: 1, maxLength: 4 }),
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        (rates, f) => {
          const funds = new Decimal(f.toString());
          const n = payableBlocks(funds, rates) ?? -1n;
          const due = (blocks: bigint): bigint =>
            rates.reduce((sum, r) => sum + truncate(r.times(new Decimal(blocks.toString()))), 0n);
          expect(due(n)).toBeLessThanOrEqual(f);
          expect(due(n + 1n)).toBeGreaterThan(f);
        },
      ),
    );
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
