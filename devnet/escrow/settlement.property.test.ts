/** Escrow under any history of blocks and messages: nothing is created or lost, and everybody earns its rate (fidelity 10). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyOf, type AnyMessage, type MemoryChain } from '../akash/testing/memory-chain.js';
import { outcome } from '../akash/testing/refusals.js';
import {
  ENDOWMENT,
  PROVIDER,
  TENANT,
  bidId,
  closeDeployment,
  closeLease,
  createBid,
  createDeployment,
  createLease,
  depositOf,
  groupSpec,
  marketChain,
  withdrawLease,
} from '../akash/testing/scenario.js';
import { MsgAccountDeposit, Scope } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { fromWhole } from '../akash/dec.js';
import { getBalance, getSupply } from '../bank/keeper.js';
import { bidAccountId, deploymentAccountId, leasePaymentId } from '../market/escrow-ids.js';
import { ESCROW_ADDRESS } from './money.js';
import { State } from './records.js';
import { findAccount, findPayment } from './store.js';

const DSEQ = 7n;
const ACCOUNT = deploymentAccountId({ owner: TENANT, dseq: DSEQ });

type Step =
  | { readonly kind: 'wait'; readonly blocks: number }
  | { readonly kind: 'withdraw' | 'close'; readonly group: number }
  | { readonly kind: 'deposit'; readonly amount: number }
  | { readonly kind: 'end' };

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('wait' as const),
        blocks: fc.integer({ min: 1, max: 900 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('withdraw' as const),
        group: fc.integer({ min: 1, max: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('deposit' as const),
        amount: fc.integer({ min: 1, max: 2_000_000 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('close' as const),
        group: fc.integer({ min: 1, max: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const) }) },
  ),
  { maxLength: 25 },
);

const message = (step: Exclude<Step, { kind: 'wait' }>): AnyMessage => {
  switch (step.kind) {
    case 'withdraw':
      return withdrawLease(bidId({ gseq: step.group }));
    case 'close':
      return closeLease(bidId({ gseq: step.group }));
    case 'deposit':
      return anyOf(
        MsgAccountDeposit,
        MsgAccountDeposit.fromPartial({
          signer: TENANT,
          id: { scope: Scope.deployment, xid: `${TENANT}/${DSEQ}` },
          deposit: depositOf(BigInt(step.amount)),
        }),
      );
    case 'end':
      return closeDeployment();
  }
};

/** One deployment with a lease for each price, all drawing on one account. */
const leasedAt = (prices: readonly string[]): MemoryChain => {
  const chain = marketChain();
  const groups = prices.map((_, index) => groupSpec({ name: `group-${index}` }));
  chain.deliver(createDeployment({ groups, deposit: 1_000_000n }));
  prices.forEach((price, index) => {
    chain.deliver(createBid({ gseq: index + 1, price }));
    chain.deliver(createLease(bidId({ gseq: index + 1 })));
  });
  return chain;
};

/** What the escrow account must hold: what is left of all deposits and what is earned but not paid out. */
const owedByEscrow = (chain: MemoryChain, groups: number): bigint => {
  const context = chain.context();
  let owed = 0n;
  for (const deposit of findAccount(context, ACCOUNT)?.deposits ?? [])
    owed += deposit.balance.amount;
  for (let gseq = 1; gseq <= groups; gseq += 1) {
    const id = bidId({ gseq });
    owed += findPayment(context, leasePaymentId(id))?.balance.amount ?? 0n;
    for (const { balance } of findAccount(context, bidAccountId(id))?.deposits ?? [])
      owed += balance.amount;
  }
  return owed;
};

const checkMoney = (chain: MemoryChain, groups: number): void => {
  const context = chain.context();
  const held = [TENANT, PROVIDER, ESCROW_ADDRESS].map((address) =>
    getBalance(context, address, 'uact'),
  );
  expect(held.reduce((sum, amount) => sum + amount)).toBe(2n * ENDOWMENT);
  expect(getSupply(context, 'uact')).toBe(2n * ENDOWMENT);
  expect(fromWhole(held[2] ?? 0n)).toBe(owedByEscrow(chain, groups));
};

const play = (chain: MemoryChain, groups: number, step: Step): void => {
  if (step.kind === 'wait') chain.advance(BigInt(step.blocks));
  else outcome(chain, message(step));
  checkMoney(chain, groups);
};

describe('escrow settlement (fidelity 10)', () => {
  it('creates and loses nothing, whatever is withdrawn, closed, deposited or overdrawn', () => {
    const prices = fc.array(fc.integer({ min: 1, max: 999 }).map(String), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(prices, steps, (rates, history) => {
        const chain = leasedAt(rates);
        for (const step of history) play(chain, rates.length, step);
      }),
      { numRuns: 30 },
    );
  });

  it('owes and has paid a lease exactly its rate for every settled block while it lasts', () => {
    const waits = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), waits, (rate, history) => {
        const chain = leasedAt([rate.toString()]);
        const start = chain.height;
        for (const blocks of history) {
          chain.advance(BigInt(blocks));
          outcome(chain, withdrawLease());
          const payment = findPayment(chain.context(), leasePaymentId(bidId()));
          const account = findAccount(chain.context(), ACCOUNT);
          const settled = (account?.settledAt ?? 0n) - start;
          const accounted =
            fromWhole(payment?.withdrawn ?? 0n) +
            (payment?.balance.amount ?? 0n) +
            (payment?.unsettled.amount ?? 0n);
          expect(accounted).toBe(fromWhole(BigInt(rate) * settled));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('cuts a fractional rate to whole units at each settlement, never in the provider’s favour', () => {
    const rates = fc
      .integer({ min: 1, max: 999_999 })
      .map((micro) => `0.${micro.toString().padStart(6, '0')}`);
    const waits = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(rates, waits, (rate, history) => {
        const chain = leasedAt([rate]);
        let expected = 0n;
        for (const blocks of history) {
          chain.advance(BigInt(blocks));
          chain.deliver(withdrawLease());
          expected += (BigInt(rate.slice(2)) * BigInt(blocks)) / 1_000_000n;
          expect(findPayment(chain.context(), leasePaymentId(bidId()))?.withdrawn).toBe(expected);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('keeps an account that has run dry open until somebody touches it', () => {
    const chain = leasedAt(['500']);
    chain.advance(5000n);
    expect(findAccount(chain.context(), ACCOUNT)?.state).toBe(State.open);
    chain.deliver(withdrawLease());
    expect(findAccount(chain.context(), ACCOUNT)?.state).toBe(State.overdrawn);
    const payment = findPayment(chain.context(), leasePaymentId(bidId()));
    expect(payment).toMatchObject({ state: State.overdrawn, withdrawn: 1_000_000n });
    expect(payment?.unsettled.amount).toBe(fromWhole(500n * 5000n - 1_000_000n));
  });
});
