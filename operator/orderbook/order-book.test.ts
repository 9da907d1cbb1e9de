import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MarketEvent } from '../../market/events.js';
import type { OrderId } from '../../market/ids.js';
import type { Order } from '../../market/records.js';
import { OrderBook } from './order-book.js';

const owner = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const id = (dseq: number): OrderId => ({ owner, dseq: BigInt(dseq), gseq: 1, oseq: 1 });
const anOrder = (dseq: number, createdAt = 1n): Order => ({
  id: id(dseq),
  state: 'open',
  createdAt,
  spec: {
    name: 'g',
    requirements: { signedBy: { allOf: [], anyOf: [] }, attributes: [] },
    units: [],
  },
});
const closed = (dseq: number): MarketEvent => ({ type: 'order-closed', id: id(dseq) });

describe('OrderBook', () => {
  it('lists oldest orders first and ties by path', () => {
    const book = new OrderBook();
    book.recount([anOrder(3, 9n), anOrder(2, 5n), anOrder(1, 9n)], 10n);
    expect(book.open().map((o) => o.id.dseq)).toEqual([2n, 1n, 3n]);
  });

  it('a recount counts what events had missed and drops what is gone', () => {
    const book = new OrderBook();
    book.add(anOrder(1), 10n);
    expect(book.recount([anOrder(1), anOrder(2)], 11n)).toBe(1);
    expect(book.recount([anOrder(2)], 12n)).toBe(0);
    expect(book.has(id(1))).toBe(false);
  });

  it('a recount keeps what a newer block opened while it was under way', () => {
    const book = new OrderBook();
    book.add(anOrder(1), 12n);
    book.recount([], 11n);
    expect(book.has(id(1))).toBe(true);
    book.recount([], 12n);
    expect(book.has(id(1))).toBe(false);
  });

  it('a recount taken before an order ended cannot bring it back', () => {
    const book = new OrderBook();
    book.add(anOrder(1), 10n);
    book.reduce([closed(1)], 11n);
    book.recount([anOrder(1)], 11n);
    expect(book.size).toBe(0);
  });

  it('a lease for anybody ends the order, whoever won it', () => {
    const book = new OrderBook();
    book.add(anOrder(1), 10n);
    const price = { denom: 'uact', amount: undefined as never };
    book.reduce(
      [{ type: 'lease-created', id: { ...id(1), provider: owner, bseq: 0 }, price }],
      11n,
    );
    expect(book.size).toBe(0);
  });

  it('duplicated or reordered events change nothing but latency', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 30 }), (ends) => {
        const book = new OrderBook();
        for (let d = 1; d <= 5; d += 1) book.add(anOrder(d), 10n);
        for (const d of ends) book.reduce([closed(d), closed(d)], 11n);
        const want = [1, 2, 3, 4, 5].filter((d) => !ends.includes(d)).map(BigInt);
        expect(book.open().map((o) => o.id.dseq)).toEqual(want);
      }),
    );
  });

  it('an order that opens its group again asks for what the first one asked', () => {
    const book = new OrderBook();
    book.add(anOrder(1), 10n);
    book.reduce([closed(1)], 11n);
    const again = { ...id(1), oseq: 2 };
    expect(book.sameGroup(again, 12n)).toEqual({ ...anOrder(1), id: again, createdAt: 12n });
    expect(book.sameGroup({ ...id(2), oseq: 2 }, 12n)).toBeUndefined();
  });
});
