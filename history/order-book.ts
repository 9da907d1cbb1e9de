/** A recorded order book, folded: every order with its bids and what became of it. */
import { formatBidId, formatGroupId, formatOrderId, orderIdOf } from '../market/ids.js';
import type { BidId, OrderId } from '../market/ids.js';
import type { DecCoin } from '../market/money.js';
import type { GroupSpec } from '../market/resources.js';
import { OrderBookFormatError } from './order-book-lines.js';
import type { At, BookLine } from './order-book-lines.js';

/** `open`: still so at the end of the recording. `lost`: another bid was taken; the chain tells it by no event of its own. */
export type RecordedOutcome = 'open' | 'won' | 'lost' | 'closed';

export interface RecordedBid {
  readonly id: BidId;
  readonly at: At;
  readonly price: DecCoin;
  readonly gpus: readonly string[] | undefined;
  readonly outcome: RecordedOutcome;
}

export interface RecordedLease {
  readonly id: BidId;
  readonly at: At;
  readonly price: DecCoin;
  /** `undefined` while it lived at the end of the recording. */
  readonly closed: { readonly at: At; readonly reason: string } | undefined;
}

export interface RecordedOrder {
  readonly id: OrderId;
  /** Of its creation; for one that stood before the recording began, height only (time 0). */
  readonly at: At;
  readonly standing: boolean;
  /** `undefined`: it could not be read when it was recorded. */
  readonly spec: GroupSpec | undefined;
  readonly reclamationMinWindowSeconds: bigint | undefined;
  readonly bids: readonly RecordedBid[];
  readonly lease: RecordedLease | undefined;
  /** When it was closed without a lease. */
  readonly closed: At | undefined;
}

export interface OrderBook {
  readonly chainId: string;
  /** First height that is recorded. */
  readonly from: bigint;
  /** Last one, with its time. */
  readonly through: At;
  /** Of the first recorded happening; `through` when nothing happened. */
  readonly start: At;
  /** Happenings that the recorder could not read. */
  readonly unreadable: number;
  readonly gaps: readonly { readonly from: bigint; readonly to: bigint }[];
  /** In the order of their creation. */
  readonly orders: readonly RecordedOrder[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OpenOrder = Omit<Mutable<RecordedOrder>, 'bids'> & { bids: Mutable<RecordedBid>[] };

const same = (a: BidId, b: BidId): boolean => formatBidId(a) === formatBidId(b);

/** A bid may be seen twice where a listing and a block overlap. */
const addBid = (order: OpenOrder, line: BookLine & { readonly type: 'bid' }): void => {
  const { id, at, price, gpus } = line;
  if (order.bids.some((b) => same(b.id, id))) return;
  order.bids.push({ id, at, price, gpus, outcome: 'open' });
};

/** One bid, or all. */
const closeBids = ({ bids }: OpenOrder, id?: BidId): void => {
  for (const bid of bids)
    if (bid.outcome === 'open' && (id === undefined || same(bid.id, id))) bid.outcome = 'closed';
};

const takeLease = (order: OpenOrder, line: BookLine & { readonly type: 'lease' }): void => {
  order.lease = { id: line.id, at: line.at, price: line.price, closed: undefined };
  for (const bid of order.bids)
    if (bid.outcome === 'open') bid.outcome = same(bid.id, line.id) ? 'won' : 'lost';
};

/** Takes line after line; what concerns orders from before the recording is passed over. */
export class OrderBookFold {
  readonly #orders = new Map<string, OpenOrder>();
  readonly #groups = new Map<string, GroupSpec>();
  readonly #gaps: { readonly from: bigint; readonly to: bigint }[] = [];
  #head: { readonly chainId: string; readonly from: bigint } | undefined;
  #through: At | undefined;
  #start: At | undefined;
  #unreadable = 0;

  /** @throws OrderBookFormatError when the first line is no head, or a later one is */
  add(line: BookLine, number: number): void {
    if ((line.type === 'head') !== (number === 1))
      throw new OrderBookFormatError(number, 'the head is the first line, and only that');
    switch (line.type) {
      case 'head':
        this.#head = line;
        return;
      case 'gap':
        this.#gaps.push({ from: line.from, to: line.to });
        return;
      case 'unreadable':
        this.#unreadable += 1;
        return;
      case 'through':
        this.#start ??= line.at;
        this.#through = line.at;
        return;
      case 'order':
        this.#open(line);
        return;
      default:
        this.#start ??= line.at;
        this.#change(line);
    }
  }

  /** Everything so far. @throws OrderBookFormatError when there is no head or nothing is known to be complete */
  book(): OrderBook {
    if (this.#head === undefined || this.#through === undefined)
      throw new OrderBookFormatError(1, 'the recording is empty: no block is complete');
    const { chainId, from } = this.#head;
    return {
      ...{ chainId, from, through: this.#through, gaps: [...this.#gaps] },
      unreadable: this.#unreadable,
      start: this.#start ?? this.#through,
      orders: [...this.#orders.values()],
    };
  }

  #open(line: BookLine & { readonly type: 'order' }): void {
    const path = formatOrderId(line.id);
    if (this.#orders.has(path)) return;
    if (line.standing === undefined) this.#start ??= line.at;
    // What a group asks for never changes, and only its first order's block tells it.
    const group = formatGroupId(line.id);
    if (line.spec !== null) this.#groups.set(group, line.spec);
    this.#orders.set(path, {
      id: line.id,
      at: line.at,
      standing: line.standing === true,
      spec: line.spec ?? this.#groups.get(group),
      reclamationMinWindowSeconds: line.reclamationMinWindowSeconds,
      bids: [],
      lease: undefined,
      closed: undefined,
    });
  }

  #change(
    line: Extract<
      BookLine,
      { type: 'bid' | 'bid-closed' | 'lease' | 'lease-closed' | 'order-closed' }
    >,
  ): void {
    const order = this.#orders.get(
      formatOrderId(line.type === 'order-closed' ? line.id : orderIdOf(line.id)),
    );
    if (order === undefined) return;
    if (line.type === 'bid') addBid(order, line);
    else if (line.type === 'bid-closed') closeBids(order, line.id);
    else if (line.type === 'lease') takeLease(order, line);
    else if (line.type === 'lease-closed') {
      if (order.lease !== undefined)
        order.lease = { ...order.lease, closed: { at: line.at, reason: line.reason } };
    } else if (order.lease === undefined) {
      order.closed = line.at;
      closeBids(order);
    }
  }
}

/** Folds whole lines. */
export const foldOrderBook = (lines: Iterable<BookLine>): OrderBook => {
  const fold = new OrderBookFold();
  let number = 0;
  for (const line of lines) fold.add(line, (number += 1));
  return fold.book();
};
