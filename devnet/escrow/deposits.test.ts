/** Deposits: from whom, in what order, and what comes back (fidelity 10). */
import { describe, expect, it } from '@jest/globals';
import {
  DepositAuthorization,
  DepositAuthorization_Scope as GrantScope,
  MsgAccountDeposit,
  QueryAccountsRequest,
  QueryAccountsResponse,
  QueryPaymentsRequest,
  QueryPaymentsResponse,
  Scope,
  Source,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { Grant } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { DEPOSIT_MSG_TYPE_URL, DEPOSIT_TYPE_URL, saveGrant } from '../authz/keeper.js';
import { depositGrants } from '../authz/deposit-grants.js';
import { anyOf, type AnyMessage, type MemoryChain } from '../akash/testing/memory-chain.js';
import { outcome, outcomeOf } from '../akash/testing/refusals.js';
import {
  ENDOWMENT,
  PROVIDER,
  TENANT,
  addressOf,
  closeDeployment,
  createBid,
  createDeployment,
  createLease,
  depositOf,
  marketChain,
  withdrawLease,
} from '../akash/testing/scenario.js';
import { getBalance } from '../bank/keeper.js';
import { getCount } from '../bme/counters.js';
import { ESCROW_ADDRESS } from './money.js';

const GRANTER = addressOf('granter');

const allow = (chain: MemoryChain, amount: bigint, scope = GrantScope.deployment): void => {
  const value = DepositAuthorization.encode(
    DepositAuthorization.fromPartial({
      spendLimit: { denom: 'uact', amount: amount.toString() },
      scopes: [scope],
    }),
  ).finish();
  saveGrant(chain.context(), GRANTER, TENANT, {
    msgTypeUrl: DEPOSIT_MSG_TYPE_URL,
    bytes: Grant.encode(
      Grant.fromPartial({ authorization: { typeUrl: DEPOSIT_TYPE_URL, value } }),
    ).finish(),
  });
};

const limit = (chain: MemoryChain): string | undefined => {
  const [grant] = depositGrants.list(chain.context(), TENANT);
  return grant === undefined
    ? undefined
    : DepositAuthorization.decode(grant.authorization).spendLimit?.amount;
};

const topUp = (amount: bigint, sources = [Source.balance], denom = 'uact'): AnyMessage =>
  anyOf(
    MsgAccountDeposit,
    MsgAccountDeposit.fromPartial({
      signer: TENANT,
      id: { scope: Scope.deployment, xid: `${TENANT}/7` },
      deposit: depositOf(amount, denom, sources),
    }),
  );

const GRANT_FIRST = [Source.grant, Source.balance];
const spent = (chain: MemoryChain): readonly bigint[] =>
  [TENANT, GRANTER].map((address) => ENDOWMENT - getBalance(chain.context(), address, 'uact'));

const deployed = (): MemoryChain => {
  const chain = marketChain([GRANTER]);
  chain.deliver(createDeployment({ deposit: 500_000n }));
  return chain;
};

describe('deposits (fidelity 10)', () => {
  it.each([
    ['the grant alone when it suffices', 900n, GRANT_FIRST, [0n, 700n], '200'],
    ['the grant, then the balance for the rest', 300n, GRANT_FIRST, [400n, 300n], undefined],
    [
      'the balance alone when it is listed first',
      900n,
      [Source.balance, Source.grant],
      [700n, 0n],
      '900',
    ],
  ])('takes %s', (_case, granted, sources, [fromTenant, fromGranter], left) => {
    const chain = deployed();
    allow(chain, granted);
    const before = spent(chain);
    chain.deliver(topUp(700n, sources));
    const after = spent(chain).map((amount, index) => amount - (before[index] ?? 0n));
    expect(after).toEqual([fromTenant, fromGranter]);
    expect(limit(chain)).toBe(left);
  });

  it('leaves a grant for another purpose alone', () => {
    const chain = deployed();
    allow(chain, 900n, GrantScope.bid);
    expect(outcome(chain, topUp(700n, [Source.grant]))).toBe(
      'market/28 deposit invalid: insufficient balance',
    );
  });

  it('gives a granter back what is left, and the grant its limit', () => {
    const chain = deployed();
    allow(chain, 900n);
    chain.deliver(topUp(700n, [Source.grant]));
    chain.advance();
    chain.deliver(closeDeployment());
    expect(spent(chain)).toEqual([0n, 0n]);
    expect(limit(chain)).toBe('900');
  });

  it.each([
    ['no source', [], 'akash/4 empty deposit sources: invalid deposit source'],
    [
      'one source twice',
      [Source.balance, Source.balance],
      `akash/4 duplicate deposit source type ${Source.balance}: invalid deposit source`,
    ],
    [
      'no known source',
      [Source.invalid],
      'akash/4 empty deposit source type 0: invalid deposit source',
    ],
  ])('refuses %s', (_case, sources, expected) => {
    expect(outcome(deployed(), topUp(1n, sources))).toBe(expected);
  });

  it('refuses an account that is closed or was never there', () => {
    const chain = deployed();
    chain.advance();
    chain.deliver(closeDeployment());
    expect(outcome(chain, topUp(1n))).toBe('escrow/2 account closed');
    expect(outcome(marketChain(), topUp(1n))).toBe('escrow/3 account not found');
  });
});

/** A lease of 500 uact a block on 500000 uact: dry after 1000 blocks. */
const leased = (genesis = {}): MemoryChain => {
  const chain = marketChain([GRANTER], genesis);
  for (const message of [createDeployment({ deposit: 500_000n }), createBid(), createLease()])
    chain.deliver(message);
  return chain;
};

describe('funds that run out (fidelity 10)', () => {
  it('closes an overdrawn account for good: the arrears are paid when money comes, then it is closed', () => {
    const chain = leased();
    chain.advance(1200n);
    chain.deliver(withdrawLease());
    expect(getBalance(chain.context(), PROVIDER, 'uact')).toBe(ENDOWMENT + 500_000n);
    chain.deliver(topUp(150_000n));
    expect(getBalance(chain.context(), PROVIDER, 'uact')).toBe(ENDOWMENT + 600_000n);
    expect(getBalance(chain.context(), TENANT, 'uact')).toBe(ENDOWMENT - 600_000n);
    expect(getBalance(chain.context(), ESCROW_ADDRESS, 'uact')).toBe(0n);
    expect(outcome(chain, topUp(1n))).toBe('escrow/2 account closed');
  });

  it('pays in uakt while minting is halted', () => {
    const chain = leased({ bme: { vault_uakt: '0' }, oracle: { akt_usd: '2' } });
    chain.deliver(topUp(1_000_000n, [Source.balance], 'uakt'));
    chain.advance(1200n);
    chain.deliver(withdrawLease());
    const context = chain.context();
    expect(getBalance(context, PROVIDER, 'uact')).toBe(ENDOWMENT - 500_000n + 500_000n);
    expect(getBalance(context, PROVIDER, 'uakt')).toBe(ENDOWMENT + 50_000n);
    expect(getCount(context, 'burned', 'uact')).toBe(0n);
  });

  it('pays nothing in uakt while minting works', () => {
    const chain = leased();
    chain.deliver(topUp(1_000_000n, [Source.balance], 'uakt'));
    chain.advance(1200n);
    chain.deliver(withdrawLease());
    expect(getBalance(chain.context(), PROVIDER, 'uakt')).toBe(ENDOWMENT);
    expect(getBalance(chain.context(), TENANT, 'uakt')).toBe(ENDOWMENT);
  });

  it('refuses to withdraw what is overdrawn: only a deposit settles it', () => {
    const chain = leased();
    chain.advance(1200n);
    chain.deliver(withdrawLease());
    expect(outcome(chain, withdrawLease())).toBe('escrow/7 payment closed');
  });
});

describe('what the node does within one block (fidelity 10)', () => {
  it('panics at a second withdrawal from one deployment in one block', () => {
    const chain = leased();
    chain.advance(10n);
    chain.deliver(withdrawLease());
    expect(outcome(chain, withdrawLease())).toMatch(
      /^undefined\/111222 recovered: couldn't find payment/,
    );
    chain.advance();
    expect(outcome(chain, withdrawLease())).toBe('accepted');
  });
});

describe('queries of accounts and payments (fidelity 11)', () => {
  it('list by state, bids before deployments, with the identifiers of what they are for', () => {
    const chain = leased();
    const accounts = (state: string): readonly string[] =>
      chain
        .query(
          '/akash.escrow.v1.Query/Accounts',
          QueryAccountsRequest,
          QueryAccountsRequest.fromPartial({ state }),
          QueryAccountsResponse,
        )
        .accounts.map(({ id }) => id?.xid ?? '');
    const payments = chain.query(
      '/akash.escrow.v1.Query/Payments',
      QueryPaymentsRequest,
      QueryPaymentsRequest.fromPartial({ state: 'open' }),
      QueryPaymentsResponse,
    ).payments;
    expect(accounts('open')).toEqual([`${TENANT}/7/1/1/${PROVIDER}`, `${TENANT}/7`]);
    expect(payments.map(({ state }) => state?.rate)).toEqual([{ denom: 'uact', amount: '500' }]);
    chain.advance();
    chain.deliver(closeDeployment());
    expect(accounts('open')).toEqual([]);
    expect(accounts('closed')).toHaveLength(2);
  });

  it('refuse an unknown state', () => {
    const ask = (): unknown =>
      leased().query(
        '/akash.escrow.v1.Query/Accounts',
        QueryAccountsRequest,
        QueryAccountsRequest.fromPartial({ state: 'paused' }),
        QueryAccountsResponse,
      );
    expect(outcomeOf(ask)).toBe(
      'sdk/18 rpc error: code = InvalidArgument desc = invalid state value: invalid request',
    );
  });
});
