import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { settle, payOut } from '../../chain/testing/fake-escrow.js';
import type { PayingLease } from '../../chain/testing/fake-escrow.js';
import { parseDecimal } from '../../market/money.js';
import type { EscrowAccount } from '../../market/records.js';
import { reconcile } from './reconcile.js';

const owner = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const uact = (amount: string) => ({ denom: 'uact', amount: parseDecimal(amount) });
const aLease = (rate: string): PayingLease => ({
  id: { owner, dseq: 7n, gseq: 1, oseq: 1, provider: owner, bseq: 0 },
  ...{ state: 'active', price: uact(rate), createdAt: 100n, closedOn: 0n, reason: '' },
  payment: {
    ...{ state: 'open', rate: uact(rate), balance: uact('0'), unsettled: uact('0') },
    withdrawn: { denom: 'uact', amount: 0n },
  },
});
const anAccount = (funds: string): EscrowAccount => ({
  ...{ state: 'open', settledAt: 100n, funds: [uact(funds)], transferred: [] },
});

describe('reconcile', () => {
  it('agrees with the escrow rules after any withdrawals at any heights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 500n }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 5000 }),
        (gaps, rate) => {
          let account = anAccount('100000000');
          let lease = aLease(String(rate));
          let height = 100n;
          for (const gap of gaps) {
            height += gap;
            const settled = settle(account, [lease], height);
            account = settled.account;
            lease = payOut(settled.leases[0] ?? lease);
          }
          const later = height + 3n;
          const { owedUact, missingUact } = reconcile(lease, account, [lease], later);
          expect(owedUact).toBe(BigInt(rate) * (later - 100n));
          expect(missingUact).toBe(0n);
        },
      ),
    );
  });

  it('finds what a settlement lost', () => {
    const account = { ...anAccount('100000'), settledAt: 150n };
    const lease = aLease('10');
    expect(reconcile(lease, account, [lease], 160n)).toEqual({ owedUact: 600n, missingUact: 500n });
  });

  it('finds what runs unpaid on an empty account', () => {
    const lease = aLease('10');
    expect(reconcile(lease, anAccount('100'), [lease], 130n).missingUact).toBe(200n);
  });

  it('a halt of the chain changes nothing: only blocks pay', () => {
    const lease = aLease('10');
    const before = reconcile(lease, anAccount('1000'), [lease], 150n);
    // An hour passes without a block: the same height, the same books.
    expect(reconcile(lease, anAccount('1000'), [lease], 150n)).toEqual(before);
    expect(before).toEqual({ owedUact: 500n, missingUact: 0n });
  });
});
