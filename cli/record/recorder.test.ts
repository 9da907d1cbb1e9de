import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ChainUnavailableError } from '../../chain/ports.js';
import { RpcAnswerError } from '../../chain/errors.js';
import type { PastBlock } from '../../chain/feed/past-blocks.js';
import { anOrder } from '../../bidengine/testing/order-builder.js';
import { foldOrderBook } from '../../history/order-book.js';
import type { OrderBook } from '../../history/order-book.js';
import { parseBookLine } from '../../history/order-book-lines.js';
import type { BookLine } from '../../history/order-book-lines.js';
import type { MarketEvent } from '../../market/events.js';
import { bidIdOf, formatBidId, formatOrderId, orderIdOf } from '../../market/ids.js';
import { Decimal } from '../../market/money.js';
import type { Bid, Order } from '../../market/records.js';
import { readLines } from '../backtest/read-lines.js';
import { BookFile, bookEnd } from './book-file.js';
import type { BookChain } from './ports.js';
import { record, standingLines } from './recorder.js';
import type { RecordOptions } from './recorder.js';

const A = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
const B = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const price = (amount: string) => ({ denom: 'uact', amount: new Decimal(amount) });

/** A chain whose blocks are what a test put into them, and which fails when told. */
class TestChain implements BookChain {
  readonly blocks = new Map<bigint, readonly MarketEvent[]>();
  readonly orders = new Map<string, Order>();
  readonly bids = new Map<string, Bid>();
  height = 0n;
  earliest = 1n;
  /** Failures that come before answers, one per request. */
  failures: Error[] = [];

  commit(...events: readonly MarketEvent[]): void {
    this.height += 1n;
    this.blocks.set(this.height, events);
  }

  open(dseq: bigint): MarketEvent {
    const order = {
      ...anOrder(dseq).withGpu('nvidia', 'h100', 8).obj(),
      createdAt: this.height + 1n,
    };
    this.orders.set(formatOrderId(order.id), order);
    return { type: 'order-created', id: order.id };
  }

  bid(dseq: bigint, provider: string, amount: string): MarketEvent {
    const order = this.orders.get(formatOrderId(anOrder(dseq).obj().id));
    if (order === undefined) throw new Error(`no order ${dseq}`);
    const id = bidIdOf(order.id, provider);
    const resourcesOffer = order.spec.units;
    const bid: Bid = {
      id,
      state: 'open',
      price: price(amount),
      createdAt: this.height + 1n,
      resourcesOffer,
    };
    this.bids.set(formatBidId(id), bid);
    return { type: 'bid-created', id, price: bid.price };
  }

  async #answer<T>(value: () => T): Promise<T> {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    return value();
  }

  readonly past: BookChain['past'] = {
    committed: () => this.#answer(() => this.height),
    earliest: () => this.#answer(() => this.earliest),
    blocks: (from, to) =>
      this.#answer(() => {
        if (from < this.earliest) throw new RpcAnswerError('block', -32603, 'not available', '');
        const blocks: PastBlock[] = [];
        for (let h = from; h <= to && h < from + 3n; h += 1n)
          blocks.push({
            ...{ height: h, timeMs: Number(h) * 6_000, hash: '', unreadable: [] },
            events: this.blocks.get(h) ?? [],
          });
        return blocks;
      }),
  };

  readonly reader: BookChain['reader'] = {
    head: () =>
      this.#answer(() => ({
        chainId: 'test-1',
        height: this.height,
        timeMs: 0,
        catchingUp: false,
      })),
    openOrders: () => this.#answer(() => [...this.orders.values()]),
    order: (id) => this.#answer(() => this.orders.get(formatOrderId(id))),
    bid: (id) => this.#answer(() => this.bids.get(formatBidId(id))),
    bidsOnOrder: (id) =>
      this.#answer(() =>
        [...this.bids.values()].filter((b) => formatOrderId(orderIdOf(b.id)) === formatOrderId(id)),
      ),
  };
}

const clock = { sleep: () => Promise.resolve(), random: () => 0.5 };
const signal = new AbortController().signal;
const options = (next: bigint, extra: Partial<RecordOptions> = {}): RecordOptions => ({
  ...{ next, once: true, pollMs: 1 },
  onProgress: () => undefined,
  onTrouble: () => undefined,
  ...extra,
});

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-record-'));
  path = join(dir, 'book.jsonl.gz');
});
afterEach(() => rm(dir, { recursive: true }));

const linesOf = async (file: string): Promise<readonly BookLine[]> => {
  const lines: BookLine[] = [];
  for await (const text of readLines(file)) lines.push(parseBookLine(text, lines.length + 1));
  return lines;
};
const bookOf = async (): Promise<OrderBook> => foldOrderBook(await linesOf(path));

/** Opens, bids, leases and closes over ten blocks. */
const aMarket = (): TestChain => {
  const chain = new TestChain();
  chain.commit();
  chain.commit(chain.open(1n), chain.open(2n));
  chain.commit(chain.bid(1n, A, '10'), chain.bid(1n, B, '9'));
  chain.commit({ type: 'lease-created', id: bidIdOf(anOrder(1n).obj().id, B), price: price('9') });
  chain.commit({ type: 'order-closed', id: anOrder(2n).obj().id });
  for (let i = 0; i < 4; i += 1) chain.commit();
  const id = bidIdOf(anOrder(1n).obj().id, B);
  chain.commit({ type: 'lease-closed', id, reason: 'lease_closed_owner' });
  return chain;
};

const recordAll = async (chain: TestChain, file: BookFile, next: bigint, until?: bigint) => {
  const bounded = until === undefined ? {} : { until };
  const through = await record({ chain, sink: file, clock }, options(next, bounded), signal);
  await file.close();
  return through;
};
const created = async (): Promise<BookFile> => {
  const file = await BookFile.create(path);
  await file.append([{ type: 'head', chainId: 'test-1', from: 1n }]);
  return file;
};

describe('the recorder', () => {
  it('writes every order with its bids, prices, heights and what became of them', async () => {
    expect(await recordAll(aMarket(), await created(), 1n)).toBe(10n);
    const book = await bookOf();
    expect(book.through.height).toBe(10n);
    const [first, second] = book.orders;
    expect(first?.spec).toEqual(anOrder(1n).withGpu('nvidia', 'h100', 8).obj().spec);
    expect(first?.bids.map((b) => [b.id.provider, b.price.amount.toFixed(), b.outcome])).toEqual([
      [A, '10', 'lost'],
      [B, '9', 'won'],
    ]);
    expect(first?.bids[0]?.gpus).toEqual(['vendor/nvidia/model/h100']);
    expect(first?.lease).toMatchObject({ at: { height: 4n, timeMs: 24_000 } });
    expect(first?.lease?.closed).toMatchObject({
      at: { height: 10n },
      reason: 'lease_closed_owner',
    });
    expect(second?.closed?.height).toBe(5n);
  });

  it('stopped and started again it makes the same book as in one go', async () => {
    const chain = aMarket();
    await recordAll(chain, await created(), 1n);
    const whole = await bookOf();
    await rm(path);
    await recordAll(chain, await created(), 1n, 4n);
    for (let until = 5n; until <= 10n; until += 2n) {
      const end = await bookEnd(path);
      if (end === undefined) throw new Error('nothing to go on with');
      await recordAll(chain, await BookFile.resume(path, end.lines), end.next, until);
    }
    const end = await bookEnd(path);
    await recordAll(chain, await BookFile.resume(path, end?.lines ?? 0), end?.next ?? 0n);
    expect(await bookOf()).toEqual(whole);
  });

  it('killed while it wrote, it goes on after the last batch that was complete, wherever the file was cut', async () => {
    const chain = aMarket();
    await recordAll(chain, await created(), 1n);
    const whole = await bookOf();
    const bytes = await readFile(path);
    for (let cut = 1; cut < bytes.length; cut += 7) {
      await writeFile(path, bytes.subarray(0, cut));
      const end = await bookEnd(path);
      const file = await BookFile.resume(path, end?.lines ?? 0);
      if (end === undefined) await file.append([{ type: 'head', chainId: 'test-1', from: 1n }]);
      await recordAll(chain, file, end?.next ?? 1n);
      expect(await bookOf()).toEqual(whole);
    }
  });

  it('what was appended can be read while the recorder runs', async () => {
    const chain = aMarket();
    const file = await created();
    await record({ chain, sink: file, clock }, options(1n, { until: 5n }), signal);
    expect((await bookOf()).through.height).toBe(5n);
    await file.close();
  });

  it('tries again what failed, and leaves nothing out and nothing twice', async () => {
    const chain = aMarket();
    await recordAll(chain, await created(), 1n);
    const whole = await linesOf(path);
    await rm(path);
    // Every third request fails.
    const { length } = whole;
    const failing = aMarket();
    const trouble: string[] = [];
    const file = await created();
    const failure = new ChainUnavailableError('gone for a moment');
    failing.failures = [failure, failure, failure];
    let asked = 0;
    const { past } = failing;
    const flaky: BookChain = {
      reader: failing.reader,
      past: {
        ...past,
        blocks: (from, to) => {
          asked += 1;
          if (asked % 3 === 0) return Promise.reject(failure);
          return past.blocks(from, to);
        },
      },
    };
    await record(
      { chain: flaky, sink: file, clock },
      options(1n, { onTrouble: (m) => trouble.push(m) }),
      signal,
    );
    await file.close();
    expect(await linesOf(path)).toHaveLength(length);
    expect(trouble.length).toBeGreaterThan(3);
  });

  it('heights that the node has no more are a gap in the file', async () => {
    const chain = aMarket();
    chain.earliest = 4n;
    const trouble: string[] = [];
    const file = await created();
    await record(
      { chain, sink: file, clock },
      options(1n, { onTrouble: (m) => trouble.push(m) }),
      signal,
    );
    await file.close();
    const book = await bookOf();
    expect(book.gaps).toEqual([{ from: 1n, to: 3n }]);
    expect(trouble.at(-1)).toContain('a gap is recorded');
    expect((await bookEnd(path))?.next).toBe(11n);
  });

  it('an order whose group nobody can tell is written without it', async () => {
    const chain = new TestChain();
    chain.commit({ type: 'order-created', id: anOrder(1n).obj().id });
    await recordAll(chain, await created(), 1n);
    expect((await bookOf()).orders[0]?.spec).toBeUndefined();
  });

  it('begins with the orders that stand, and not with what later blocks tell', async () => {
    const chain = new TestChain();
    chain.commit(chain.open(1n));
    chain.commit(chain.bid(1n, A, '5'));
    chain.commit(chain.open(2n));
    const standing = await standingLines(chain, 2n);
    expect(standing.map((l) => [l.type, 'at' in l && l.at.height])).toEqual([
      ['order', 1n],
      ['bid', 2n],
    ]);
    const file = await BookFile.create(path);
    await file.append([{ type: 'head', chainId: 'test-1', from: 3n }, ...standing]);
    await recordAll(chain, file, 3n);
    expect((await bookOf()).orders.map((o) => [o.standing, o.bids.length])).toEqual([
      [true, 1],
      [false, 0],
    ]);
  });

  it('refuses to overwrite a file', async () => {
    await writeFile(path, 'mine');
    await expect(BookFile.create(path)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('an empty file has no end', async () => {
    await writeFile(path, '');
    expect(await bookEnd(path)).toBeUndefined();
  });
});
