import { describe, expect, it } from '@jest/globals';
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
  const sync = new ChainSync({
    ...{ reader, provider: PROVIDER, view, book, bids, onOrders: () => undefined },
  });
  const open = (dseq: bigint) =>
    chain.addOrder({
      ...{ id: anOrderId(dseq), state: 'open', spec: aGroup(), createdAt: chain.height },
    });
  return { chain, view, book, bids, sync, open };
};

describe('ChainSync', () => {
  it('an order comes by its event, and leaves by it', async () => {
    const { chain, book, sync, open } = setup();
    await sync.onBlock(chain.commit([open(7n)]));
    expect(book.has(anOrderId(7n))).toBe(true);
    await sync.onBlock(chain.commit([{ type: 'order-closed', id: anOrderId(7n) }]));
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
    const created = await sync.onBlock(
      chain.commit([
        { type: 'lease-created', id: mine, price },
        { type: 'lease-created', id: other, price },
      ]),
    );
    expect(created.leases.map((id) => formatOrderId(id))).toEqual([formatOrderId(anOrderId(7n))]);
  });
});
