import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { orders } from '../bidengine/testing/arbitraries.js';
import { anOrder } from '../bidengine/testing/order-builder.js';
import { bidIdOf } from '../market/ids.js';
import { Decimal } from '../market/money.js';
import { foldOrderBook } from './order-book.js';
import { formatBookLine, isOrderBookFormatError, parseBookLine } from './order-book-lines.js';
import type { At, BookLine } from './order-book-lines.js';

const A = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
const B = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const { id, spec } = anOrder(7n).withGpu('nvidia', 'h100', 8).obj();
const at = (height: number): At => ({ height: BigInt(height), timeMs: height * 6000 });
const price = (amount: string) => ({ denom: 'uact', amount: new Decimal(amount) });

const head: BookLine = { type: 'head', chainId: 'akashnet-2', from: 10n };
const order: BookLine = { type: 'order', at: at(10), id, spec };
const bidA: BookLine = { type: 'bid', at: at(11), id: bidIdOf(id, A), price: price('12.5') };
const bidB: BookLine = { type: 'bid', at: at(11), id: bidIdOf(id, B), price: price('9') };
const lease: BookLine = { type: 'lease', at: at(13), id: bidIdOf(id, B), price: price('9') };
const leaseClosed: BookLine = {
  ...{ type: 'lease-closed', at: at(90), id: bidIdOf(id, B), reason: 'lease_closed_owner' },
};
const through: BookLine = { type: 'through', at: at(100) };
const everyKind: readonly BookLine[] = [
  head,
  order,
  { type: 'order', at: at(3), id, spec: null, standing: true, reclamationMinWindowSeconds: 3600n },
  { ...bidA, gpus: ['vendor/nvidia/model/h100/ram/80Gi/interface/sxm'] },
  { ...bidB, standing: true },
  lease,
  leaseClosed,
  { type: 'bid-closed', at: at(20), id: bidIdOf(id, A) },
  { type: 'order-closed', at: at(21), id },
  { type: 'unreadable', at: at(22), why: 'akash.market.v1.EventBidCreated.price: is missing' },
  { type: 'gap', from: 30n, to: 40n },
  through,
];

describe('lines of an order book', () => {
  it.each(everyKind.map((line) => [line.type, line] as const))(
    '%s comes back as it was',
    (_, line) => {
      expect(parseBookLine(formatBookLine(line), 1)).toEqual(line);
    },
  );

  it('whatever a group asks for comes back as it was', () => {
    fc.assert(
      fc.property(orders, ({ id: orderId, spec: group }) => {
        const line: BookLine = { type: 'order', at: at(1), id: orderId, spec: group };
        expect(parseBookLine(formatBookLine(line), 1)).toEqual(line);
      }),
    );
  });

  it('amounts and heights are text, so that no reader rounds them', () => {
    expect(formatBookLine(bidA)).toBe(
      `{"t":"bid","h":"11","ms":66000,"id":"${id.owner}/7/1/1/${A}","price":{"denom":"uact","amount":"12.500000000000000000"}}`,
    );
  });

  it.each([
    ['no JSON', '{', 'is no JSON'],
    ['an unknown kind', '{"t":"poem"}', 't'],
    ['another version', '{"t":"head","v":2,"kind":"order-book","chain":"x","from":"1"}', 'v'],
    ['a price that is none', formatBookLine(bidA).replace('12.5', '-12.5'), 'price.amount'],
    ['an id that is none', formatBookLine(bidA).replace('/7/', '/x/'), 'dseq'],
  ])('refuses %s, naming line and field', (_, text, field) => {
    let refused: unknown;
    try {
      parseBookLine(text, 4);
    } catch (error) {
      refused = error;
    }
    expect(isOrderBookFormatError(refused) && refused.message).toMatch(/^line 4: /);
    expect((refused as Error).message).toContain(field);
  });
});

describe('the fold of an order book', () => {
  it('tells what became of every bid: one won, the others lost though no event says so', () => {
    const book = foldOrderBook([head, order, bidA, bidB, lease, leaseClosed, through]);
    const [only] = book.orders;
    expect(only?.bids.map((b) => [b.id.provider, b.outcome])).toEqual([
      [A, 'lost'],
      [B, 'won'],
    ]);
    expect(only?.lease?.closed).toEqual({ at: at(90), reason: 'lease_closed_owner' });
    expect(book).toMatchObject({ chainId: 'akashnet-2', from: 10n, start: at(10), gaps: [] });
    expect(book.through).toEqual(at(100));
  });

  it('a bid that its provider took back is not lost, and one on an order that ended is closed', () => {
    const closed: BookLine = { type: 'bid-closed', at: at(12), id: bidIdOf(id, A) };
    const withdrawn = foldOrderBook([head, order, bidA, bidB, closed, lease, through]);
    expect(withdrawn.orders[0]?.bids.map((b) => b.outcome)).toEqual(['closed', 'won']);
    const ended = foldOrderBook([
      head,
      order,
      bidA,
      { type: 'order-closed', at: at(12), id },
      through,
    ]);
    expect(ended.orders[0]?.bids.map((b) => b.outcome)).toEqual(['closed']);
    expect(ended.orders[0]?.closed).toEqual(at(12));
  });

  it('what is told twice counts once, and what concerns orders from before is passed over', () => {
    const other = anOrder(8n).obj().id;
    const stray: BookLine = { ...bidA, id: bidIdOf(other, A) };
    const book = foldOrderBook([head, order, order, bidA, bidA, stray, through]);
    expect(book.orders.map((o) => o.bids.length)).toEqual([1]);
  });

  it.each<[string, readonly BookLine[]]>([
    ['no head', [order, through]],
    ['a second head', [head, head, through]],
    ['nothing complete', [head, order]],
  ])('refuses %s', (_, lines) => {
    let refused: unknown;
    try {
      foldOrderBook(lines);
    } catch (error) {
      refused = error;
    }
    expect(isOrderBookFormatError(refused)).toBe(true);
  });
});
