/**
 * What we know of our own bids, by order path: those in flight (signed, intent written, outcome not known) and those the
 * chain has shown. A bid that ended stays known while its order is open, because it can never be placed again.
 */
import type { MarketEvent } from '../../market/events.js';
import { formatOrderId, orderIdOf } from '../../market/ids.js';
import type { Bid } from '../../market/records.js';
import type { BidIntent } from './intent.js';

export interface InFlightBid {
  readonly intent: BidIntent;
  readonly intentName: string;
}

export class OwnBids {
  readonly #provider: string;
  readonly #preparing = new Set<string>();
  readonly #inFlight = new Map<string, InFlightBid>();
  readonly #doubtful = new Set<string>();
  readonly #concluded = new Map<string, 'landed' | 'failed'>();
  #onChain = new Map<string, Bid>();

  constructor(provider: string) {
    this.#provider = provider;
  }

  /** Whether a bid on this order exists or may still come to exist. */
  has(path: string): boolean {
    return this.mayLand(path) || this.#onChain.has(path);
  }

  /** A bid on this order is being signed and written down; it counts as in flight until it is, or is abandoned. */
  prepare(path: string): void {
    this.#preparing.add(path);
  }

  startFlight(bid: InFlightBid): void {
    const path = formatOrderId(bid.intent.orderId);
    this.abandonFlight(path);
    this.#inFlight.set(path, bid);
  }

  /** It was not sent and never will be: the order is free again. */
  abandonFlight(path: string): void {
    this.#preparing.delete(path);
    this.#inFlight.delete(path);
    this.#doubtful.delete(path);
  }

  /** Nobody follows it now, but it may still land: no second bid, and its capacity stays held, until recovery knows. */
  doubtFlight(path: string): void {
    this.abandonFlight(path);
    this.#doubtful.add(path);
  }

  /** The outcome is known: this transaction needs its intent no longer. */
  endFlight(bid: InFlightBid, outcome: 'landed' | 'failed'): void {
    this.abandonFlight(formatOrderId(bid.intent.orderId));
    this.#concluded.set(bid.intent.tx.hash, outcome);
  }

  /** How a transaction of this process ended, `undefined` when that is not known here. */
  conclusion(txHash: string): 'landed' | 'failed' | undefined {
    return this.#concluded.get(txHash);
  }

  /** Called once the intent that held the transaction is gone. */
  forgetConcluded(txHash: string): void {
    this.#concluded.delete(txHash);
  }

  inFlight(): readonly InFlightBid[] {
    return [...this.#inFlight.values()];
  }

  isInFlight(path: string): boolean {
    return this.#preparing.has(path) || this.#inFlight.has(path);
  }

  /** Whether a transaction for this order is on its way or in doubt: its capacity is promised. */
  mayLand(path: string): boolean {
    return this.isInFlight(path) || this.#doubtful.has(path);
  }

  /** Every bid that the chain has shown and that is not forgotten. */
  all(): readonly Bid[] {
    return [...this.#onChain.values()];
  }

  onChain(path: string): Bid | undefined {
    return this.#onChain.get(path);
  }

  /** Bids that wait for their tenant: they hold capacity and a deposit. */
  open(): readonly Bid[] {
    return [...this.#onChain.values()].filter((b) => b.state === 'open');
  }

  /** Bids that hold capacity: open ones, and won ones, whose lease a listing may not show yet. */
  standing(): readonly Bid[] {
    return [...this.#onChain.values()].filter((b) => b.state === 'open' || b.state === 'active');
  }

  /** Takes over a bid that the chain has just shown in a block. */
  put(bid: Bid): void {
    this.#onChain.set(formatOrderId(orderIdOf(bid.id)), bid);
  }

  /** Replaces what is known by a complete listing of our bids that shows at least the block at `height`. */
  recount(bids: readonly Bid[], height: bigint): void {
    const listed = new Map(bids.map((b) => [formatOrderId(orderIdOf(b.id)), b]));
    // Forgotten, a bid would be placed again. One that came into a block while the listing was under way is not in it, and
    // one that stands cannot cease to be without a word: the chain keeps those that ended, and a node that denies them lies.
    for (const [path, bid] of this.#onChain) {
      const stands = bid.state === 'open' || bid.state === 'active';
      if (!listed.has(path) && (stands || bid.createdAt > height)) listed.set(path, bid);
    }
    this.#onChain = listed;
  }

  /** Applies what a block did to bids of ours: won, lost to another, closed. */
  reduce(events: readonly MarketEvent[]): void {
    for (const event of events) {
      if (event.type !== 'lease-created' && event.type !== 'bid-closed') continue;
      const path = formatOrderId(orderIdOf(event.id));
      const bid = this.#onChain.get(path);
      if (bid === undefined) continue;
      const ours = event.id.provider === this.#provider;
      if (event.type === 'lease-created') {
        this.#onChain.set(path, { ...bid, state: ours ? 'active' : 'lost' });
      } else if (ours) {
        this.#onChain.set(path, { ...bid, state: 'closed' });
      }
    }
  }
}
