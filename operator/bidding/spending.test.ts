import { describe, expect, it } from '@jest/globals';
import { NO_LIMITS } from '../../bidengine/budget.js';
import type { Bid as BidObject, BidStatus } from '../../crds/generated/types.js';
import { formatOrderId } from '../../market/ids.js';
import { aBid, anOrderId } from '../testing/an-intent.js';
import { budgetState, landedBids, limitsOf, madeAt } from './budget-state.js';
import { FeeLedger } from './fee-ledger.js';
import type { FeeStore } from './fee-ledger.js';

const HOUR_MS = 3_600_000;
const tx = (uakt: bigint, denom = 'uakt') => ({
  ...{ hash: 'AA', height: 9n, code: 0 },
  fee: [{ denom, amount: uakt }],
});

const aStore = (text?: string): FeeStore & { text: string | undefined; fails: boolean } => {
  const store = {
    text,
    fails: false,
    load: async () => store.text,
    save: async (next: string) => {
      if (store.fails) throw new Error('no API server');
      store.text = next;
    },
  };
  return store;
};
const aClock = () => {
  const clock = { ms: 1_800_000_000_000, now: () => clock.ms };
  return clock;
};

describe('the ledger of fees', () => {
  it('counts what left in the last hour and the last day, and no other coin', () => {
    const clock = aClock();
    const ledger = new FeeLedger(aStore(), clock.now);
    ledger.charge(tx(100n));
    ledger.charge(tx(7n, 'uact'));
    clock.ms += 2 * HOUR_MS;
    ledger.charge(tx(10n));
    expect(ledger.spent()).toEqual({ hourUakt: 10n, dayUakt: 110n });
    clock.ms += 25 * HOUR_MS;
    expect(ledger.spent()).toEqual({ hourUakt: 0n, dayUakt: 0n });
  });

  it('survives a restart, and what was charged before it was read back is added', async () => {
    const clock = aClock();
    const store = aStore();
    const first = new FeeLedger(store, clock.now);
    await first.load();
    first.charge(tx(100n));
    await first.save();
    const second = new FeeLedger(store, clock.now);
    second.charge(tx(1n));
    await second.load();
    await second.load();
    expect(second.spent()).toEqual({ hourUakt: 101n, dayUakt: 101n });
  });

  it('what could not be written is written the next time, and nothing is before it was read', async () => {
    const clock = aClock();
    const store = aStore('{"slots":[{"startMs":1799999700000,"feesUakt":"40"}]}');
    const ledger = new FeeLedger(store, clock.now);
    ledger.charge(tx(2n));
    await ledger.save();
    expect(store.text).toContain('"40"');
    await ledger.load();
    store.fails = true;
    await expect(ledger.save()).rejects.toThrow('no API server');
    store.fails = false;
    await ledger.save();
    expect(JSON.parse(store.text ?? '')).toEqual({
      slots: [
        { startMs: 1_799_999_700_000, feesUakt: '40' },
        { startMs: 1_800_000_000_000, feesUakt: '2' },
      ],
    });
  });

  it('an object that cannot be read is named, and never written over', async () => {
    const store = aStore('{"slots":[{"startMs":1,"feesUakt":"-4"}]}');
    const ledger = new FeeLedger(store, aClock().now);
    await expect(ledger.load()).rejects.toThrow('the ledger of fees cannot be read');
    ledger.charge(tx(1n));
    await ledger.save();
    expect(store.text).toContain('"-4"');
  });
});

describe('what the budget has to bear', () => {
  const facts = {
    // At a block a second the last hour began at height 96,400 and the last day at 13,600.
    height: 100_000n,
    blockTimeMs: 1_000,
    feeUakt: 5_000n,
    deposit: 500_000n,
    fees: { hourUakt: 0n, dayUakt: 0n },
    madeAt: [99_000n, 98_000n, 20_000n, 13_600n],
    standing: 3,
  };

  it('deposits are those of bids on chain: what was made lately, and what stands', () => {
    const state = budgetState(NO_LIMITS, facts);
    expect(state.hour.deposits).toBe(1_000_000n);
    expect(state.day.deposits).toBe(1_500_000n);
    expect(state.depositsAtRisk).toBe(1_500_000n);
  });

  it.each([
    ['a lost ledger does not give the budget anew', 0n, 10_000n],
    ['the ledger counts when it knows of more', 12_000n, 12_000n],
  ])('fees: %s', (_name, hourUakt, want) => {
    const state = budgetState(NO_LIMITS, { ...facts, fees: { hourUakt, dayUakt: hourUakt } });
    expect(state.hour.feesUakt).toBe(want);
  });

  it('a bid counts once, from its object when the chain shows it no more, and not when it failed in its block', () => {
    const record = (dseq: bigint, state: BidStatus['state'], height?: string) =>
      ({
        spec: { order: formatOrderId(anOrderId(dseq)) },
        status: { state, ...(height === undefined ? {} : { height }) },
      }) as BidObject;
    const landed = landedBids([
      record(1n, 'Open', '7'),
      record(2n, 'Lost', '8'),
      record(3n, 'Failed', '9'),
      record(4n, 'Expired'),
    ]);
    expect(madeAt(landed, [aBid(anOrderId(1n)), aBid(anOrderId(5n))])).toEqual([5n, 8n, 5n]);
  });

  it('limits are those of the ComputeProvider; what it does not name has none', () => {
    expect(
      limitsOf({ reserveUakt: '1', warnHours: 0, feesUaktPerDay: '20', depositsUakt: '0' }),
    ).toEqual({
      ...NO_LIMITS,
      feesPerDayUakt: 20n,
      depositsAtRisk: 0n,
    });
  });
});
