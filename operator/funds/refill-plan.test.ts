import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Decimal } from '../../market/money.js';
import type { Exchange, Swap } from '../../market/records.js';
import { planRefill } from './refill-plan.js';
import type { RefillDecision, RefillView } from './refill-plan.js';

const spec = { belowUakt: '1000', toUakt: '3000', keepUact: '500', maxUactPerDay: '2500' };
const open: Exchange = { aktUsd: new Decimal('0.5'), burnsAllowed: true, mintsHalted: false };
const burn = (state: Swap['state'], amount: bigint, height = 100n): Swap => ({
  ...{ state, fromDenom: 'uact', toDenom: 'uakt', height, sequence: 1n },
  burned: { denom: 'uact', amount },
});
const seen = (uakt: bigint, uact: bigint, over: Partial<RefillView> = {}): RefillView => ({
  balances: [
    { denom: 'uakt', amount: uakt },
    { denom: 'uact', amount: uact },
  ],
  ...{ exchange: open, burns: [], dayAgoHeight: 50n },
  ...over,
});
const told = (decision: RefillDecision): string | bigint =>
  decision.kind === 'burn'
    ? decision.amountUact
    : decision.kind === 'wait'
      ? decision.reason.code
      : decision.kind;

describe('planRefill', () => {
  it.each<[string, RefillView, string | bigint]>([
    ['there is enough', seen(1000n, 9000n), 'enough'],
    ['fills up at the price of the oracle', seen(1000n - 1n, 9000n), 1001n],
    ['keeps the uact that are to be kept', seen(0n, 700n), 200n],
    ['no more than a day allows', seen(0n, 9000n, { burns: [burn('executed', 2000n)] }), 500n],
    [
      "yesterday's burns are forgotten",
      seen(0n, 9000n, { burns: [burn('executed', 2500n, 50n)] }),
      1501n,
    ],
    [
      'what was given back does not count',
      seen(0n, 9000n, { burns: [burn('canceled', 2500n)] }),
      1501n,
    ],
    [
      'nothing is left of the day',
      seen(0n, 9000n, { burns: [burn('executed', 2500n)] }),
      'RefillExhausted',
    ],
    ['nothing is left to burn', seen(0n, 500n), 'RefillExhausted'],
    ['one at a time', seen(0n, 9000n, { burns: [burn('pending', 1n)] }), 'RefillPending'],
    [
      'the chain burns none',
      seen(0n, 9000n, { exchange: { ...open, burnsAllowed: false } }),
      'RefillHalted',
    ],
    [
      'there is no price',
      seen(0n, 9000n, { exchange: { ...open, aktUsd: undefined } }),
      'RefillHalted',
    ],
  ])('%s', (_name, view, want) => {
    expect(told(planRefill(spec, view))).toBe(want);
  });

  it('never burns beyond its bounds', () => {
    const amount = fc.bigInt({ min: 0n, max: 10_000n });
    fc.assert(
      fc.property(amount, amount, amount, (uakt, uact, burned) => {
        const plan = planRefill(spec, seen(uakt, uact, { burns: [burn('executed', burned)] }));
        if (plan.kind !== 'burn') return;
        expect(plan.amountUact).toBeLessThanOrEqual(uact - 500n);
        expect(plan.amountUact + burned).toBeLessThanOrEqual(2500n);
      }),
    );
  });
});
