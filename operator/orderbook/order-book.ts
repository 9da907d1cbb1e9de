/**
 * The open orders as far as we know them. Events make it quick, a full recount makes it right; both may come late, twice
 * or out of order without harm. Pure memory: losing it costs one recount.
 */
import type { MarketEvent } from '../../market/events.js';
import { formatGroupId, formatOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import type { Order } from '../../market/records.js';

/** How many blocks a closed order is remembered, so that a recount taken before its end cannot bring it back. */
const REMEMBER_CLOSED_BLOCKS = 100n;

/** Groups whose orders are remembered; an order is about two kilobytes. */
const REMEMBER_GROUPS = 5_000;
/** An open order and its path. */
export interface OpenOrder {
  readonly path: string;
  readonly order: Order;
}

export class OrderBook {
  readonly #open = new Map<string, { readonly order: Order; readonly seenAt: bigint }>();
  readonly #closedAt = new Map<string, bigint>();
  /** The last order of each group, oldest first. */
  readonly #groups = new Map<string, Order>();
  #seenTotal = 0;

  /** Every open order, oldest first, ties by path: the order in which a full cluster serves them. */
  open(): readonly Order[] {
    return this.entries().map(({ order }) => order);
  }

  /** The same with each order's path. */
  entries(): readonly OpenOrder[] {
    return [...this.#open]
      .map(([path, { order }]) => ({ path, order }))
      .sort((a, b) => {
        if (a.order.createdAt !== b.order.createdAt)
          return a.order.createdAt < b.order.createdAt ? -1 : 1;
        return a.path < b.path ? -1 : 1;
      });
  }

  /** An order like an earlier one of the same group: a lease that ends opens the group again, and a group never changes. */
  sameGroup(id: OrderId, height: bigint): Order | undefined {
    const before = this.#groups.get(formatGroupId(id));
    return before === undefined ? undefined : { ...before, id, state: 'open', createdAt: height };
  }

  /** Whether the order of this path is open. */
  isOpen(path: string): boolean {
    return this.#open.has(path);
  }

  has(id: OrderId): boolean {
    return this.#open.has(formatOrderId(id));
  }

  get size(): number {
    return this.#open.size;
  }

  /** Distinct orders ever seen open since start. */
  get seenTotal(): number {
    return this.#seenTotal;
  }

  /** Adds an order read at `height`; ignored when it is not open or was seen to end at or after that height. */
  add(order: Order, height: bigint): boolean {
    const path = formatOrderId(order.id);
    const closedAt = this.#closedAt.get(path);
    if (order.state !== 'open' || (closedAt !== undefined && closedAt >= height)) return false;
    if (!this.#open.has(path)) this.#seenTotal += 1;
    this.#open.set(path, { order, seenAt: height });
    const group = formatGroupId(order.id);
    this.#groups.delete(group);
    this.#groups.set(group, order);
    const [oldest] = this.#groups.keys();
    if (this.#groups.size > REMEMBER_GROUPS && oldest !== undefined) this.#groups.delete(oldest);
    return true;
  }

  /** Removes orders that the events of the block at `height` ended: closed, or won by somebody. */
  reduce(events: readonly MarketEvent[], height: bigint): void {
    for (const event of events) {
      if (event.type === 'order-closed' || event.type === 'lease-created') {
        const path = formatOrderId(event.id);
        this.#open.delete(path);
        this.#closedAt.set(path, height);
      }
    }
    for (const [path, closedAt] of this.#closedAt) {
      if (closedAt + REMEMBER_CLOSED_BLOCKS < height) this.#closedAt.delete(path);
    }
  }

  /** Replaces the book by a complete listing taken at `height`. Returns how many orders events had missed. */
  recount(orders: readonly Order[], height: bigint): number {
    const listed = new Set(orders.map((o) => formatOrderId(o.id)));
    // What a newer block opened while the listing was under way is not in it, and stays.
    for (const [path, { seenAt }] of this.#open) {
      if (!listed.has(path) && seenAt <= height) this.#open.delete(path);
    }
    let missed = 0;
    for (const order of orders) {
      const known = this.has(order.id);
      if (this.add(order, height) && !known) missed += 1;
    }
    return missed;
  }
}
