/**
 * The operator's picture of the chain: the order book, our bids, our live leases, and the facts that decisions need.
 * Blocks keep it quick; `recount` replaces all of it by fresh listings. A failed recount leaves the old picture standing:
 * unknown is never a reason to act.
 */
import type { ChainReader } from '../../chain/ports.js';
import { ChainUnavailableError } from '../../chain/ports.js';
import type { AuditedAttributes } from '../../market/attributes.js';
import type { Block } from '../../market/events.js';
import { formatLeaseId } from '../../market/ids.js';
import type { LeaseId, OrderId } from '../../market/ids.js';
import type { Coin } from '../../market/money.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Lease, MarketParams, Provider } from '../../market/records.js';
import type { OwnBids } from '../bidding/own-bids.js';
import { createdOrders } from '../orderbook/order-book.js';
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
  /** Told of the orders that a block opened, and how many a recount found that no block had told of. */
  readonly onOrders: (seen: {
    readonly orders: readonly OrderId[];
    readonly missed: number;
  }) => void;
}

/** What a block or recount changed, so that the caller wakes the right loops. */
export interface SyncOutcome {
  /** New or vanished orders, or bids of ours that ended. */
  readonly market: boolean;
  /** Leases of ours that began, ended, or changed: to be reconciled now. */
  readonly leases: readonly LeaseId[];
}

export class ChainSync {
  readonly #deps: ChainSyncDeps;
  #facts: ProviderFacts | undefined;
  #leases = new Map<string, Lease>();

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

  /** Takes in one block. Orders whose details cannot be read now are left to the next recount. */
  async onBlock(block: Block): Promise<SyncOutcome> {
    const { view, book, bids, reader } = this.#deps;
    view.observe(block);
    book.reduce(block.events, block.height);
    bids.reduce(block.events);
    const created = createdOrders(block.events).filter((id) => !book.has(id));
    const read = await Promise.allSettled(created.map((id) => reader.order(id)));
    const seen: OrderId[] = [];
    for (const result of read) {
      if (
        result.status === 'fulfilled' &&
        result.value !== undefined &&
        book.add(result.value, block.height)
      ) {
        seen.push(result.value.id);
      }
    }
    if (seen.length > 0) this.#deps.onOrders({ orders: seen, missed: 0 });
    const leases = this.#ownLeaseEvents(block);
    return { market: created.length > 0 || block.events.length > 0, leases };
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
    const [orders, ownBids, leases, record, audited, params, balances] = await Promise.all([
      reader.openOrders(),
      reader.bidsOf(provider),
      reader.leasesOf(provider, LIVE_LEASE_STATES),
      reader.provider(provider),
      reader.auditedAttributes(provider),
      reader.marketParams(),
      reader.balances(provider),
    ]);
    view.observe(head);
    const missed = book.recount(orders, head.height);
    if (missed > 0) this.#deps.onOrders({ orders: [], missed });
    bids.recount(ownBids, head.height);
    this.#leases = new Map(leases.map((l) => [formatLeaseId(l.id), l]));
    this.#facts = { record, audited, params, balances, height: head.height };
    return { market: true, leases: leases.map((l) => l.id) };
  }
}
