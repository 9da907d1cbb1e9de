/**
 * The operator's picture of the chain: the order book, our bids, our live leases, and the facts that decisions need.
 * Blocks keep it quick; `recount` replaces all of it by fresh listings. A failed recount leaves the old picture standing:
 * unknown is never a reason to act.
 */
import type { ChainReader, MarketPicture } from '../../chain/ports.js';
import { ChainUnavailableError } from '../../chain/ports.js';
import type { AuditedAttributes } from '../../market/attributes.js';
import type { Block } from '../../market/events.js';
import { formatLeaseId, formatOrderId, orderIdOf } from '../../market/ids.js';
import type { LeaseId, OrderId } from '../../market/ids.js';
import type { Coin } from '../../market/money.js';
import type { Bid, Lease, MarketParams, Provider } from '../../market/records.js';
import type { OwnBids } from '../bidding/own-bids.js';
import type { OrderBook } from '../orderbook/order-book.js';
import type { ChainView } from './chain-view.js';

/** An endpoint may trail the newest block we saw by this much before its answers count as too old to recount from. */
const MAX_LAG_BLOCKS = 1n;

/** What a decision needs of the chain beside the order itself. */
export interface ProviderFacts {
  /** `undefined`: proven not registered. */
  readonly record: Provider | undefined;
  readonly audited: readonly AuditedAttributes[];
  readonly params: MarketParams;
  readonly balances: readonly Coin[];
  /** All of this is as of this height or a later one. */
  readonly height: bigint;
}

export interface ChainSyncDeps {
  readonly reader: ChainReader;
  readonly provider: string;
  readonly view: ChainView;
  readonly book: OrderBook;
  readonly bids: OwnBids;
  /**
   * Told of the orders that a block opened, and how many a recount found beside them; of those `missed` were opened by blocks
   * that the feed had given: an event was lost.
   */
  readonly onOrders: (seen: {
    readonly orders: readonly OrderId[];
    readonly found: number;
    readonly missed: number;
  }) => void;
}

/** What a block or recount changed, so that the caller wakes the right loops. */
export interface SyncOutcome {
  /** New or vanished orders, or bids of ours that ended. */
  readonly market: boolean;
  /** Leases of ours that began, ended, or changed: to be reconciled now. */
  readonly leases: readonly LeaseId[];
  /** Whether orders were told of that have to be asked for: `readUnread`. */
  readonly unread: boolean;
}

export class ChainSync {
  readonly #deps: ChainSyncDeps;
  #facts: ProviderFacts | undefined;
  #leases = new Map<string, Lease>();
  /** Orders that a block told of and that have not been read, by path. */
  readonly #unread = new Map<string, OrderId>();
  /** Open orders whose bid of ours, if there is one, has been asked for. */
  #asked: ReadonlySet<string> = new Set();
  #ordersOnChain: number | undefined;
  /** First and last height that the feed gave. */
  #fed: bigint | undefined;
  #delivered = 0n;

  constructor(deps: ChainSyncDeps) {
    this.#deps = deps;
  }

  /** Facts of the last recount, `undefined` before the first. */
  facts(): ProviderFacts | undefined {
    return this.#facts;
  }

  /** Live leases of ours as of the last recount and the blocks since. */
  leases(): readonly Lease[] {
    return [...this.#leases.values()];
  }

  /** Takes in one block, without asking anybody anything. */
  onBlock(block: Block): SyncOutcome {
    const { view, book, bids } = this.#deps;
    view.observe(block);
    this.#fed ??= block.height;
    if (block.height > this.#delivered) this.#delivered = block.height;
    book.reduce(block.events, block.height);
    bids.reduce(block.events);
    const seen: OrderId[] = [];
    for (const event of block.events) {
      if (event.type !== 'order-created' || book.has(event.id)) continue;
      // A later order of a group that was seen asks for the same.
      const order = event.order ?? book.sameGroup(event.id, block.height);
      if (order === undefined) this.#unread.set(formatOrderId(event.id), event.id);
      else if (book.add(order, block.height)) seen.push(event.id);
    }
    if (seen.length > 0) this.#deps.onOrders({ orders: seen, found: 0, missed: 0 });
    const leases = this.#ownLeaseEvents(block);
    return { market: block.events.length > 0, leases, unread: this.#unread.size > 0 };
  }

  /**
   * Asks for the orders that blocks told of without what they ask for. Returns whether it found any.
   * @throws ChainUnavailableError when one could not be read: the next call tries again, and so does the recount
   */
  async readUnread(): Promise<boolean> {
    const { reader, book } = this.#deps;
    const ids = [...this.#unread];
    const height = this.#deps.view.height;
    const results = await Promise.allSettled(ids.map(([, id]) => reader.order(id)));
    const seen: OrderId[] = [];
    results.forEach((result, i) => {
      const [path = '', id] = ids[i] ?? [];
      if (result.status === 'rejected' || id === undefined) return;
      // An order that is not there yet is on a node that is behind; the recount brings it.
      this.#unread.delete(path);
      if (result.value !== undefined && book.add(result.value, height)) seen.push(id);
    });
    if (seen.length > 0) this.#deps.onOrders({ orders: seen, found: 0, missed: 0 });
    const failed = results.find((r) => r.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return seen.length > 0;
  }

  #ownLeaseEvents(block: Block): readonly LeaseId[] {
    const touched = new Map<string, LeaseId>();
    for (const event of block.events) {
      if (
        event.type === 'lease-created' ||
        event.type === 'lease-closed' ||
        event.type === 'lease-reclaim-started'
      ) {
        if (event.id.provider !== this.#deps.provider) continue;
        touched.set(formatLeaseId(event.id), event.id);
        if (event.type === 'lease-closed') this.#leases.delete(formatLeaseId(event.id));
      } else if (event.type === 'deployment-updated' || event.type === 'deployment-closed') {
        for (const lease of this.#leases.values()) {
          if (lease.id.owner === event.id.owner && lease.id.dseq === event.id.dseq) {
            touched.set(formatLeaseId(lease.id), lease.id);
          }
        }
      }
    }
    return [...touched.values()];
  }

  /** Reads everything again. @throws ChainUnavailableError when no endpoint gives a complete, recent answer */
  async recount(): Promise<SyncOutcome> {
    const { reader, provider, view, book, bids } = this.#deps;
    const head = await reader.head();
    if (head.catchingUp || head.height + MAX_LAG_BLOCKS < view.height) {
      throw new ChainUnavailableError(
        `the chain endpoint is at height ${head.height} (catching up: ${head.catchingUp}) while ${view.height} was seen already`,
      );
    }
    const [picture, record, audited, params, balances] = await Promise.all([
      reader.market(provider),
      reader.provider(provider),
      reader.auditedAttributes(provider),
      reader.marketParams(),
      reader.balances(provider),
    ]);
    if (picture.height + MAX_LAG_BLOCKS < view.height) {
      throw new ChainUnavailableError(
        `the listing is of height ${picture.height} while ${view.height} was seen already`,
      );
    }
    const { orders, leases, height } = picture;
    const ownBids = await this.#ownBids(picture);
    view.observe(head);
    this.#countMissed(picture);
    book.recount(orders, height);
    for (const { id } of orders) this.#unread.delete(formatOrderId(id));
    bids.recount(ownBids, height);
    this.#leases = new Map(leases.map((l) => [formatLeaseId(l.id), l]));
    this.#facts = { record, audited, params, balances, height };
    this.#ordersOnChain = orders.length;
    return { market: true, leases: leases.map((l) => l.id), unread: false };
  }

  /** Open orders of the last listing, `undefined` before the first. */
  ordersOnChain(): number | undefined {
    return this.#ordersOnChain;
  }

  /**
   * Live bids, and ours on each open order whatever became of it: it can never be placed again. Each order is asked about
   * once; later only a bid that vanished from the live ones is.
   */
  async #ownBids({ orders, bids: live }: MarketPicture): Promise<readonly Bid[]> {
    const { reader, provider, bids } = this.#deps;
    const listed = new Set(live.map((b) => formatOrderId(orderIdOf(b.id))));
    const open = new Map(orders.map(({ id }) => [formatOrderId(id), id]));
    const wanted = new Map([...open].filter(([path]) => !this.#asked.has(path)));
    const kept: Bid[] = [];
    for (const bid of bids.all()) {
      const path = formatOrderId(orderIdOf(bid.id));
      if (bid.state === 'open' || bid.state === 'active') wanted.set(path, orderIdOf(bid.id));
      else if (open.has(path)) kept.push(bid);
    }
    const unsure = [...wanted].filter(([path]) => !listed.has(path)).map(([, id]) => id);
    const ended = await reader.bidsOn(provider, unsure);
    this.#asked = new Set(open.keys());
    const all = [...kept, ...ended, ...live].map(
      (bid) => [formatOrderId(orderIdOf(bid.id)), bid] as const,
    );
    return [...new Map(all).values()];
  }

  /** Orders of blocks that the feed gave, and that no event told of. */
  #countMissed({ orders }: MarketPicture): void {
    const { book, onOrders } = this.#deps;
    const fresh = orders.filter(({ id }) => !book.has(id) && !this.#unread.has(formatOrderId(id)));
    const from = this.#fed;
    const missed = fresh.filter(
      ({ createdAt }) => from !== undefined && createdAt >= from && createdAt <= this.#delivered,
    ).length;
    if (fresh.length > 0) onOrders({ orders: [], found: fresh.length, missed });
  }
}
