/**
 * Which open orders are worth a decision now. A new order always is; one that was skipped is decided again only when what it
 * was skipped for may have changed, because with thousands of open orders deciding all of them on every block would hold the
 * new ones up.
 */
import type { OpenOrder } from '../orderbook/order-book.js';

export class DecisionRounds {
  /** The round in which each order was decided last. */
  readonly #decidedIn = new Map<string, number>();
  #round = 0;

  /** Capacity, policy, money or the orders themselves changed: everything is worth a decision again. */
  begin(): void {
    this.#round += 1;
  }

  decided(path: string): void {
    this.#decidedIn.set(path, this.#round);
  }

  /** Its bid failed: it is as good as new. */
  forget(path: string): void {
    this.#decidedIn.delete(path);
  }

  /** At most `most` of `orders`, never decided ones first, each kind in the given order. */
  due(orders: readonly OpenOrder[], most: number): readonly OpenOrder[] {
    const fresh: OpenOrder[] = [];
    const again: OpenOrder[] = [];
    for (const order of orders) {
      const round = this.#decidedIn.get(order.path);
      if (round === undefined) fresh.push(order);
      else if (round < this.#round) again.push(order);
    }
    return [...fresh, ...again].slice(0, most);
  }

  /** Forgets orders that are not open any more. */
  retain(isOpen: (path: string) => boolean): void {
    for (const path of this.#decidedIn.keys()) if (!isOpen(path)) this.#decidedIn.delete(path);
  }
}
