/** The market's queries: pages, filters, order, and what is missing (fidelity 11, 14). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  QueryBidRequest,
  QueryBidResponse,
  QueryBidsRequest,
  QueryBidsResponse,
  QueryLeaseRequest,
  QueryLeaseResponse,
  QueryLeasesRequest,
  QueryLeasesResponse,
  QueryOrderRequest,
  QueryOrderResponse,
  QueryOrdersRequest,
  QueryOrdersResponse,
  QueryParamsRequest,
  QueryParamsResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import type { MemoryChain } from '../akash/testing/memory-chain.js';
import { recordedTx } from '../akash/testing/recorded.js';
import { outcomeOf } from '../akash/testing/refusals.js';
import {
  PROVIDER,
  TENANT,
  addressOf,
  bidId,
  closeDeployment,
  createBid,
  createDeployment,
  createLease,
  createProvider,
  marketChain,
} from '../akash/testing/scenario.js';

const MARKET = '/akash.market.v1beta5.Query';
const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../test/recorded', name), 'utf8'));

/** REST JSON as the SDK reads JSON: no nulls, resource numbers as base64 of their text, decimals without the zeros. */
const adapted = (value: unknown, key = ''): unknown => {
  if (Array.isArray(value)) return value.map((entry) => adapted(entry));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, inner]) => inner !== null)
        .map(([name, inner]) => [name, adapted(inner, name)]),
    );
  }
  if (typeof value === 'string' && key === 'amount') return value.replace(/\.0+$/, '');
  return key === 'val' ? Buffer.from(String(value)).toString('base64') : value;
};

const orders = (
  chain: MemoryChain,
  request: Parameters<typeof QueryOrdersRequest.fromPartial>[0],
) =>
  chain.query(
    `${MARKET}/Orders`,
    QueryOrdersRequest,
    QueryOrdersRequest.fromPartial(request),
    QueryOrdersResponse,
  );

const leases = (
  chain: MemoryChain,
  request: Parameters<typeof QueryLeasesRequest.fromPartial>[0],
) =>
  chain.query(
    `${MARKET}/Leases`,
    QueryLeasesRequest,
    QueryLeasesRequest.fromPartial(request),
    QueryLeasesResponse,
  );

describe('recorded lists (fidelity 11)', () => {
  const replayed = (names: readonly string[]): MemoryChain => {
    const chain = marketChain();
    const messages = names.map((name) => recordedTx(name));
    for (const tx of messages) {
      for (const message of tx.messages) {
        for (const signer of chain.signersOf(message)) {
          chain.endow(signer, [{ denom: 'uact', amount: 10n ** 9n }]);
        }
      }
      chain.advanceTo(tx.height);
      chain.deliver(...tx.messages);
    }
    return chain;
  };

  it('lists the recorded order', () => {
    const chain = replayed(['provider-create', 'deployment-create']);
    const page = orders(chain, { filters: { state: 'open' } });
    const wanted = QueryOrdersResponse.fromJSON(adapted(recorded('order-list.json')));
    expect(wanted.orders).toHaveLength(1);
    expect(QueryOrdersResponse.toJSON(page)).toEqual(QueryOrdersResponse.toJSON(wanted));
  });

  it('lists the recorded lease with its payment', () => {
    const chain = replayed(['provider-create', 'deployment-create', 'bid-create', 'lease-create']);
    const page = leases(chain, { filters: { state: 'active' } });
    const wanted = QueryLeasesResponse.fromJSON(adapted(recorded('lease-list.json')));
    expect(wanted.leases[0]?.escrowPayment?.state?.rate?.amount).toBe('500');
    expect(QueryLeasesResponse.toJSON(page)).toEqual(QueryLeasesResponse.toJSON(wanted));
  });
});

/** `count` deployments numbered from 1, those in `closed` ended. */
const withOrders = (count: number, closed: readonly number[] = []): MemoryChain => {
  const chain = marketChain();
  for (let dseq = 1; dseq <= count; dseq += 1)
    chain.deliver(createDeployment({ dseq: BigInt(dseq) }));
  chain.advance();
  for (const dseq of closed) chain.deliver(closeDeployment(BigInt(dseq)));
  return chain;
};

const dseqs = (page: QueryOrdersResponse): readonly number[] =>
  page.orders.map(({ id }) => Number(id?.dseq.toString()));

describe('lists (fidelity 11)', () => {
  it('go state by state, by number within one', () => {
    const chain = withOrders(12, [2, 9]);
    expect(dseqs(orders(chain, {}))).toEqual([1, 3, 4, 5, 6, 7, 8, 10, 11, 12, 2, 9]);
    expect(dseqs(orders(chain, { filters: { state: 'closed' } }))).toEqual([2, 9]);
    expect(dseqs(orders(chain, { filters: { owner: TENANT, dseq: 9n } }))).toEqual([9]);
    expect(dseqs(orders(chain, { filters: { owner: PROVIDER } }))).toEqual([]);
  });

  it('give every entry once, in the order of one long page, whatever the limit', () => {
    const chain = withOrders(9, [1, 5, 6]);
    const all = dseqs(orders(chain, {}));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 11 }), (limit) => {
        const seen: number[] = [];
        let key = new Uint8Array();
        do {
          const page = orders(chain, { pagination: { key, limit: BigInt(limit) } });
          seen.push(...dseqs(page));
          expect(page.pagination?.total.toString()).toBe(String(page.orders.length));
          key = new Uint8Array(page.pagination?.nextKey ?? []);
        } while (key.length > 0);
        expect(seen).toEqual(all);
      }),
      { numRuns: 12 },
    );
  });

  it('skip an offset within a state', () => {
    const page = orders(withOrders(4), { filters: { state: 'open' }, pagination: { offset: 2n } });
    expect(dseqs(page)).toEqual([3, 4]);
  });

  it('hold 100 entries when no limit is asked for', () => {
    const page = orders(withOrders(101), {});
    expect(page.orders).toHaveLength(100);
    expect(page.pagination?.nextKey).not.toHaveLength(0);
  });

  it.each([
    ['an unknown state', { filters: { state: 'pending' } }, 'invalid state value'],
    [
      'an offset without a state',
      { pagination: { offset: 1n } },
      'invalid request parameters. if offset is set, filter.state must be provided',
    ],
  ])('refuse %s', (_case, request, text) => {
    expect(outcomeOf(() => orders(withOrders(1), request))).toBe(
      `sdk/18 rpc error: code = InvalidArgument desc = ${text}: invalid request`,
    );
  });

  it('find bids and leases of one provider, with their escrow', () => {
    const chain = withOrders(2);
    const rival = addressOf('rival');
    chain.endow(rival, [{ denom: 'uact', amount: 10n ** 9n }]);
    chain.deliver(createProvider(rival));
    chain.deliver(createBid({ dseq: 1n }));
    chain.deliver(createBid({ dseq: 1n, provider: rival }));
    chain.deliver(createLease(bidId({ dseq: 1n })));
    const bids = chain.query(
      `${MARKET}/Bids`,
      QueryBidsRequest,
      QueryBidsRequest.fromPartial({ filters: { provider: rival } }),
      QueryBidsResponse,
    ).bids;
    expect(bids.map(({ bid }) => bid?.id?.provider)).toEqual([rival]);
    expect(bids[0]?.escrowAccount?.id?.xid).toBe(`${TENANT}/1/1/1/${rival}`);
    const found = leases(chain, { filters: { provider: PROVIDER } }).leases;
    expect(found.map(({ escrowPayment }) => escrowPayment?.id?.xid)).toEqual([`1/1/${PROVIDER}`]);
    expect(leases(chain, { filters: { provider: rival } }).leases).toEqual([]);
  });
});

describe('single records (fidelity 11)', () => {
  const NOT_FOUND: readonly (readonly [string, (chain: MemoryChain) => unknown, string])[] = [
    [
      'an order',
      (chain) =>
        chain.query(
          `${MARKET}/Order`,
          QueryOrderRequest,
          QueryOrderRequest.fromPartial({ id: bidId() }),
          QueryOrderResponse,
        ),
      'sdk/22 invalid order: order not found: key not found',
    ],
    [
      'a bid',
      (chain) =>
        chain.query(
          `${MARKET}/Bid`,
          QueryBidRequest,
          QueryBidRequest.fromPartial({ id: bidId() }),
          QueryBidResponse,
        ),
      'sdk/22 invalid bid: bid not found: key not found',
    ],
    [
      'a lease',
      (chain) =>
        chain.query(
          `${MARKET}/Lease`,
          QueryLeaseRequest,
          QueryLeaseRequest.fromPartial({ id: bidId() }),
          QueryLeaseResponse,
        ),
      'sdk/22 invalid lease: lease not found: key not found',
    ],
  ];

  it.each(NOT_FOUND)('tell that %s is not there', (_case, ask, expected) => {
    expect(outcomeOf(() => ask(marketChain()))).toBe(expected);
  });

  it('refuse an owner that is no address', () => {
    const ask = (): unknown =>
      marketChain().query(
        `${MARKET}/Order`,
        QueryOrderRequest,
        QueryOrderRequest.fromPartial({ id: { owner: 'nobody', dseq: 1n } }),
        QueryOrderResponse,
      );
    expect(outcomeOf(ask)).toBe(
      'sdk/18 rpc error: code = InvalidArgument desc = invalid owner address: invalid request',
    );
  });
});

describe('parameters (fidelity 14)', () => {
  it('are those of genesis', () => {
    const chain = marketChain([], {
      market: { params: { order_max_bids: 7, bid_min_deposits: [{ denom: 'uakt', amount: '5' }] } },
    });
    const { params } = chain.query(
      `${MARKET}/Params`,
      QueryParamsRequest,
      QueryParamsRequest.fromPartial({}),
      QueryParamsResponse,
    );
    expect(params).toMatchObject({
      orderMaxBids: 7,
      bidMinDeposit: { denom: 'uakt', amount: '5' },
      bidMinDeposits: [{ denom: 'uakt', amount: '5' }],
    });
  });

  it('are refused with the field’s name when genesis has them wrong', () => {
    expect(() => marketChain([], { market: { params: { order_max_bids: 0 } } })).toThrow(
      /order_max_bids/,
    );
  });
});
