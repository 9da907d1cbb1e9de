import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MarketEvent } from '../../market/events.js';
import { FakeChain } from '../../chain/testing/fake-chain.js';
import { isChainUnavailable } from '../../chain/ports.js';
import { formatBidId, formatOrderId } from '../../market/ids.js';
import { OwnBids } from '../bidding/own-bids.js';
import { systemClock } from '../clock.js';
import { OrderBook } from '../orderbook/order-book.js';
import { aBid, anOrderId } from '../testing/an-intent.js';
import { aGroup } from '../testing/tenant.js';
import { PROVIDER } from '../testing/world.js';
import { ChainSync } from './chain-sync.js';
import { ChainView } from './chain-view.js';

const setup = () => {
  const chain = new FakeChain();
  const view = new ChainView(systemClock, 60_000, 1000);
  const book = new OrderBook();
  const bids = new OwnBids(PROVIDER);
  const { reader } = chain;
  const seen = { told: 0, found: 0, missed: 0 };
  const sync = new ChainSync({
    ...{ reader, provider: PROVIDER, view, book, bids },
    onOrders: ({ orders, found, missed }) => {
      seen.told += orders.length;
      seen.found += found;
      seen.missed += missed;
    },
  });
  const open = (dseq: bigint) =>
    chain.addOrder({
      ...{ id: anOrderId(dseq), state: 'open', spec: aGroup(), createdAt: chain.height },
    });
  return { chain, view, book, bids, sync, open, seen };
};

describe('ChainSync', () => {
  it('an order comes by its event, and leaves by it', async () => {
    const { chain, book, sync, open } = setup();
    sync.onBlock(chain.commit([open(7n)]));
    expect(book.has(anOrderId(7n))).toBe(true);
    sync.onBlock(chain.commit([{ type: 'order-closed', id: anOrderId(7n) }]));
    expect(book.has(anOrderId(7n))).toBe(false);
  });

  it('what events missed, a recount finds; what it cannot read, it leaves as it was', async () => {
    const { chain, book, bids, sync, open } = setup();
    open(7n);
    chain.market.bids.set(formatBidId(aBid().id), aBid());
    await sync.recount();
    expect([book.size, bids.open().length]).toEqual([1, 1]);
    chain.dead = true;
    const failure = await sync.recount().catch((error: unknown) => error);
    expect(isChainUnavailable(failure)).toBe(true);
    expect([book.size, bids.open().length]).toEqual([1, 1]);
    expect(sync.facts()?.height).toBe(chain.height);
  });

  it('an endpoint that is behind what was seen is not counted from', async () => {
    const { chain, view, sync } = setup();
    view.observe({ height: chain.height + 2n, timeMs: 1 });
    await expect(sync.recount()).rejects.toThrow('was seen already');
    expect(sync.facts()).toBeUndefined();
  });

  it('only own leases are touched by an event', async () => {
    const { chain, sync } = setup();
    const mine = aBid(anOrderId(7n)).id;
    const other = { ...mine, provider: 'akash1other' };
    const price = aBid().price;
    const created = sync.onBlock(
      chain.commit([
        { type: 'lease-created', id: mine, price },
        { type: 'lease-created', id: other, price },
      ]),
    );
    expect(created.leases.map((id) => formatOrderId(id))).toEqual([formatOrderId(anOrderId(7n))]);
  });

  it('an order that comes with its group is in the book before anything is asked', () => {
    const { chain, book, sync, open } = setup();
    const block = chain.commit([open(7n)]);
    chain.dead = true;
    expect(sync.onBlock(block)).toMatchObject({ market: true, unread: false });
    expect(book.has(anOrderId(7n))).toBe(true);
  });

  it('an order that comes without it is asked for, until the chain answers', async () => {
    const { chain, book, sync, open } = setup();
    open(7n);
    const block = chain.commit([{ type: 'order-created', id: anOrderId(7n) }]);
    chain.dead = true;
    expect(sync.onBlock(block).unread).toBe(true);
    await expect(sync.readUnread()).rejects.toThrow('dead');
    chain.dead = false;
    expect(await sync.readUnread()).toBe(true);
    expect(book.has(anOrderId(7n))).toBe(true);
    expect(await sync.readUnread()).toBe(false);
  });

  it('at the start everything that is open is there, whatever its age, and none of it counts as missed', async () => {
    const { chain, book, sync, open, seen } = setup();
    open(7n);
    for (let i = 0; i < 50; i += 1) chain.commit();
    open(8n);
    await sync.recount();
    expect(book.open().map((o) => o.id.dseq)).toEqual([7n, 8n]);
    expect(seen).toEqual({ told: 0, found: 2, missed: 0 });
    expect(sync.ordersOnChain()).toBe(2);
  });

  it('an order whose event was lost counts as missed; one that the feed has not reached does not', async () => {
    const { chain, sync, open, seen } = setup();
    sync.onBlock(chain.commit());
    chain.addOrder({ id: anOrderId(7n), state: 'open', spec: aGroup(), createdAt: chain.height });
    chain.commit();
    open(8n);
    await sync.recount();
    expect(seen).toEqual({ told: 0, found: 2, missed: 1 });
    open(9n);
    chain.addOrder({ id: anOrderId(9n), state: 'open', spec: aGroup(), createdAt: 99n });
    await sync.recount();
    expect(seen).toEqual({ told: 0, found: 3, missed: 1 });
  });

  it('a closed bid of ours stays known while its order is open, and each order is asked about once', async () => {
    const { chain, bids, sync, open } = setup();
    open(7n);
    const { id } = aBid(anOrderId(7n));
    chain.market.bids.set(formatBidId(id), {
      ...aBid(anOrderId(7n)),
      state: 'closed',
      createdAt: 1n,
    });
    const asked: number[] = [];
    const { reader } = chain;
    const plain = reader.bidsOn.bind(reader);
    reader.bidsOn = (provider, orders) => {
      asked.push(orders.length);
      return plain(provider, orders);
    };
    await sync.recount();
    expect(bids.has(formatOrderId(anOrderId(7n)))).toBe(true);
    await sync.recount();
    expect(bids.has(formatOrderId(anOrderId(7n)))).toBe(true);
    expect(asked).toEqual([1, 0]);
    chain.market.orders.clear();
    await sync.recount();
    expect(bids.has(formatOrderId(anOrderId(7n)))).toBe(false);
  });

  it('a bid that ended unseen is asked for, not forgotten', async () => {
    const { chain, bids, sync, open } = setup();
    open(7n);
    const bid = aBid(anOrderId(7n));
    chain.market.bids.set(formatBidId(bid.id), bid);
    await sync.recount();
    chain.market.bids.set(formatBidId(bid.id), { ...bid, state: 'lost' });
    chain.market.orders.clear();
    await sync.recount();
    expect(bids.onChain(formatOrderId(anOrderId(7n)))?.state).toBe('lost');
  });

  it('lost, repeated and reordered blocks change nothing but latency', async () => {
    const step = fc.record({ dseq: fc.integer({ min: 1, max: 6 }), opens: fc.boolean() });
    const fate = fc.constantFrom('told', 'lost', 'twice', 'late');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fate), { maxLength: 25 }), async (steps) => {
        const { chain, book, sync } = setup();
        const late: Parameters<ChainSync['onBlock']>[0][] = [];
        const used = new Set<number>();
        for (const [{ dseq, opens }, how] of steps) {
          const id = anOrderId(BigInt(dseq));
          const path = formatOrderId(id);
          let events: readonly MarketEvent[] = [];
          if (opens && !used.has(dseq)) {
            used.add(dseq);
            const createdAt = chain.height + 1n;
            events = [chain.addOrder({ id, state: 'open', spec: aGroup(), createdAt })];
          } else if (chain.market.orders.delete(path)) events = [{ type: 'order-closed', id }];
          const block = chain.commit(events);
          if (how === 'told' || how === 'twice') sync.onBlock(block);
          if (how === 'twice') sync.onBlock(block);
          if (how === 'late') late.push(block);
        }
        for (const block of late.reverse()) sync.onBlock(block);
        await sync.recount();
        expect(
          book
            .open()
            .map((o) => formatOrderId(o.id))
            .toSorted(),
        ).toEqual([...chain.market.orders.keys()].toSorted());
      }),
      { numRuns: 200 },
    );
  });
});
