/** Leases: who loses, what closes, what opens again, and the notice of a reclamation (fidelity 9). */
import { describe, expect, it } from '@jest/globals';
import { MsgStartGroup } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import {
  QueryBidRequest,
  QueryBidResponse,
  QueryLeaseRequest,
  QueryLeaseResponse,
  QueryOrdersRequest,
  QueryOrdersResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import type { BidId } from '../../market/ids.js';
import { readField, withField } from '../akash/proto-fields.js';
import { anyOf, type AnyMessage, type MemoryChain } from '../akash/testing/memory-chain.js';
import { outcome } from '../akash/testing/refusals.js';
import {
  ENDOWMENT,
  PROVIDER,
  TENANT,
  addressOf,
  bidId,
  closeBid,
  closeDeployment,
  closeLease,
  createBid,
  createDeployment,
  createLease,
  createProvider,
  marketChain,
  withdrawLease,
} from '../akash/testing/scenario.js';
import { getBalance } from '../bank/keeper.js';
import { RECLAMATION_FIELD, encodeReclamation } from '../deployment/records.js';
import { BidState, LeaseClosedReason, LeaseState } from './records.js';
import {
  LEASE_RECLAIMING,
  MsgLeaseStartReclaim,
  reclamationOfLease,
  type Reclamation,
} from './wire.js';

const UNSTABLE = LeaseClosedReason.lease_closed_reason_unstable;
const LOSER = addressOf('loser');
const HOUR = 3_600_000_000_000n;

const ordersOf = (chain: MemoryChain, state: string): readonly number[] =>
  chain
    .query(
      '/akash.market.v1beta5.Query/Orders',
      QueryOrdersRequest,
      QueryOrdersRequest.fromPartial({ filters: { owner: TENANT, state } }),
      QueryOrdersResponse,
    )
    .orders.map(({ id }) => id?.oseq ?? 0);

const bidState = (chain: MemoryChain, id: BidId): BidState | undefined =>
  chain.query(
    '/akash.market.v1beta5.Query/Bid',
    QueryBidRequest,
    QueryBidRequest.fromPartial({ id }),
    QueryBidResponse,
  ).bid?.state;

const leaseOf = (chain: MemoryChain, id = bidId()): QueryLeaseResponse['lease'] =>
  chain.query(
    '/akash.market.v1beta5.Query/Lease',
    QueryLeaseRequest,
    QueryLeaseRequest.fromPartial({ id }),
    QueryLeaseResponse,
  ).lease;

const leased = (): MemoryChain => {
  const chain = marketChain([LOSER]);
  for (const message of [createProvider(LOSER), createDeployment(), createBid()])
    chain.deliver(message);
  chain.deliver(createBid({ provider: LOSER }));
  chain.deliver(createLease());
  return chain;
};

/** The lease's field that the SDK does not decode. */
const reclamationOf = (chain: MemoryChain): Reclamation | undefined => {
  const request = QueryLeaseRequest.encode(QueryLeaseRequest.fromPartial({ id: bidId() })).finish();
  const answer = chain.queryBytes('/akash.market.v1beta5.Query/Lease', request);
  return reclamationOfLease(readField(answer, 1) ?? new Uint8Array());
};

const startReclaim = (): AnyMessage => ({
  typeUrl: '/akash.market.v1beta5.MsgLeaseStartReclaim',
  value: MsgLeaseStartReclaim.encode(
    MsgLeaseStartReclaim.fromPartial({ id: bidId(), reason: UNSTABLE }),
  ).finish(),
});

/** A lease on an order that asks for one hour's notice; its bid gives two. */
const leasedWithNotice = (): MemoryChain => {
  const chain = marketChain();
  const { typeUrl, value } = createDeployment();
  const reclamation = encodeReclamation(HOUR);
  chain.deliver({ typeUrl, value: withField(value, RECLAMATION_FIELD, reclamation) });
  chain.deliver(createBid({ window: 2n * HOUR }));
  chain.deliver(createLease());
  return chain;
};

describe('leases (fidelity 9)', () => {
  it('marks losers lost and gives their deposit back without an event of the market', () => {
    const chain = marketChain([LOSER]);
    for (const message of [createProvider(LOSER), createDeployment(), createBid()])
      chain.deliver(message);
    chain.deliver(createBid({ provider: LOSER }));
    const { events } = chain.deliver(createLease());
    const market = events.map(({ type }) => type).filter((type) => type.startsWith('akash.'));
    expect(market).toEqual(['akash.market.v1.EventLeaseCreated']);
    expect(bidState(chain, bidId({ provider: LOSER }))).toBe(BidState.lost);
    expect(getBalance(chain.context(), LOSER, 'uact')).toBe(ENDOWMENT);
    expect(bidState(chain, bidId())).toBe(BidState.active);
  });

  it('refuses a second lease on the order', () => {
    expect(outcome(leased(), createLease(bidId({ provider: LOSER })))).toBe(
      'market/12 bid not open',
    );
  });

  it('refuses a lease on an unknown bid', () => {
    expect(outcome(leased(), createLease(bidId({ oseq: 9 })))).toBe(
      'market/18 invalid bid: bid not found',
    );
  });

  it('opens the next order when the tenant closes the lease', () => {
    const chain = leased();
    chain.advance();
    chain.deliver(closeLease());
    expect(ordersOf(chain, 'open')).toEqual([2]);
    expect(ordersOf(chain, 'closed')).toEqual([1]);
    expect(leaseOf(chain)?.reason).toBe(LeaseClosedReason.lease_closed_owner);
    chain.deliver(createBid({ oseq: 2 }));
    expect(bidState(chain, bidId({ oseq: 2 }))).toBe(BidState.open);
  });

  it('pauses the group when the provider closes, and opens the next order when it is started', () => {
    const chain = leased();
    chain.advance();
    chain.deliver(closeBid(bidId(), UNSTABLE));
    expect(leaseOf(chain)).toMatchObject({ state: LeaseState.closed, reason: UNSTABLE });
    expect(ordersOf(chain, 'open')).toEqual([]);
    const start = MsgStartGroup.fromPartial({ id: { owner: TENANT, dseq: 7n, gseq: 1 } });
    expect(outcome(chain, anyOf(MsgStartGroup, start))).toBe('accepted');
    expect(ordersOf(chain, 'open')).toEqual([2]);
    expect(outcome(chain, anyOf(MsgStartGroup, start))).toBe('deployment/16 Group open');
  });

  it.each([
    ['a lost bid', bidId({ provider: LOSER }), 'market/8 unknown lease for bid'],
    ['an unknown bid', bidId({ oseq: 5 }), 'market/6 unknown bid'],
  ])('refuses to close %s', (_case, id, expected) => {
    expect(outcome(leased(), closeBid(id, UNSTABLE))).toBe(expected);
  });

  it('refuses to close a bid twice', () => {
    const chain = leased();
    chain.advance();
    chain.deliver(closeBid(bidId(), UNSTABLE));
    expect(outcome(chain, closeBid(bidId(), UNSTABLE))).toBe('market/10 lease not active');
  });

  it('takes only reasons of the provider’s range', () => {
    expect(outcome(leased(), closeBid(bidId(), LeaseClosedReason.lease_closed_owner))).toBe(
      'market/33 value "1" range 10000..19999: invalid lease closed reason',
    );
  });

  it('closes nothing by itself when money has run out: the lease stays active until touched', () => {
    const chain = leased();
    chain.advance(100_000n);
    expect(leaseOf(chain)?.state).toBe(LeaseState.active);
    chain.deliver(withdrawLease());
    expect(leaseOf(chain)).toMatchObject({
      state: LeaseState.insufficient_funds,
      reason: LeaseClosedReason.lease_closed_reason_insufficient_funds,
    });
  });

  it('closes everything with the deployment', () => {
    const chain = leased();
    chain.advance();
    chain.deliver(closeDeployment());
    expect(leaseOf(chain)?.state).toBe(LeaseState.closed);
    expect(ordersOf(chain, 'closed')).toEqual([1]);
    const total = [TENANT, PROVIDER].map((address) => getBalance(chain.context(), address, 'uact'));
    expect(total).toEqual([ENDOWMENT - 500n, ENDOWMENT + 500n]);
    expect(outcome(chain, closeDeployment())).toBe('deployment/5 Deployment closed');
  });

  it.each([
    ['withdrawing an unknown lease', withdrawLease(bidId({ oseq: 9 })), 'market/7 unknown lease'],
    [
      'closing an unknown lease',
      closeLease(bidId({ oseq: 9 })),
      'market/15 invalid order: order not found',
    ],
    [
      'closing a lease with another provider',
      closeLease(bidId({ provider: addressOf('nobody') })),
      'market/18 invalid bid: bid not found',
    ],
  ])('refuses %s', (_case, message, expected) => {
    expect(outcome(leased(), message)).toBe(expected);
  });
});

describe('reclamation (fidelity 9)', () => {
  it.each([
    ['no window', undefined, 'market/40 order requires reclamation but bid does not offer it'],
    ['half the window', HOUR / 2n, 'market/41 reclamation window shorter than order minimum'],
    ['the window asked for', HOUR, 'accepted'],
  ])('answers a bid with %s', (_case, window, expected) => {
    const chain = marketChain();
    const { typeUrl, value } = createDeployment();
    chain.deliver({ typeUrl, value: withField(value, RECLAMATION_FIELD, encodeReclamation(HOUR)) });
    expect(outcome(chain, createBid(window === undefined ? {} : { window }))).toBe(expected);
  });

  it('lets the provider close only after notice and window', () => {
    const chain = leasedWithNotice();
    chain.advance();
    expect(outcome(chain, closeBid(bidId(), UNSTABLE))).toBe(
      'market/37 reclamation not started; call MsgLeaseStartReclaim first',
    );
    const deadline = chain.seconds + 7200n;
    const { events } = chain.deliver(startReclaim());
    expect(events.map(({ type }) => type)).toEqual(['akash.market.v1.EventLeaseReclaimStarted']);
    expect(outcome(chain, startReclaim())).toBe('market/10 lease not active');
    expect(outcome(chain, closeBid(bidId(), UNSTABLE))).toBe(
      'market/38 reclamation window has not elapsed',
    );
    expect(leaseOf(chain)?.state).toBe(LEASE_RECLAIMING);
    expect(reclamationOf(chain)).toEqual({
      window: 2n * HOUR,
      startedAt: chain.height,
      deadline,
      reason: UNSTABLE,
    });
    while (chain.seconds < deadline) chain.advance();
    expect(outcome(chain, closeBid(bidId(), UNSTABLE))).toBe('accepted');
    expect(leaseOf(chain)?.state).toBe(LeaseState.closed);
  });

  it('keeps paying during the notice, and the tenant may close at once', () => {
    const chain = leasedWithNotice();
    chain.deliver(startReclaim());
    chain.advance(10n);
    chain.deliver(withdrawLease());
    expect(getBalance(chain.context(), PROVIDER, 'uact')).toBe(ENDOWMENT - 500_000n + 5000n);
    chain.advance();
    expect(outcome(chain, closeLease())).toBe('accepted');
  });

  it('refuses a notice on a lease without a window', () => {
    expect(outcome(leased(), startReclaim())).toBe(
      'market/35 lease does not have reclamation configured',
    );
  });
});
