/**
 * Closes own bids that waited too long. Before each close the bid is read again at the newest height: a bid that has just
 * become a lease must never be closed, because that would close the tenant's lease. One race remains: a lease created in
 * the very block that includes our close; the chain then closes that lease (docs/operations.md).
 */
import type { ChainReader, TxLane } from '../../chain/ports.js';
import { formatLeaseId } from '../../market/ids.js';
import type { Bid } from '../../market/records.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Logger } from '../logger.js';
import { timedOutBids } from './bid-timeout.js';
import type { OwnBids } from './own-bids.js';
import { RetrySchedule } from './retry-schedule.js';

/** Closes that wait for their blocks at the same time. */
const AT_ONCE = 16;

export interface BidCloserDeps {
  readonly reader: ChainReader;
  readonly lane: Pick<TxLane, 'submit'>;
  readonly view: ChainView;
  readonly bids: OwnBids;
  readonly log: Logger;
  /** Blocks after which an open bid is closed. */
  readonly timeoutBlocks: () => bigint;
}

export class BidCloser {
  readonly #deps: BidCloserDeps;
  readonly #retries = new RetrySchedule();

  constructor(deps: BidCloserDeps) {
    this.#deps = deps;
  }

  /** Closes what is due; nothing on a stale view. @throws when the chain cannot be read or the close cannot be sent */
  async run(signal: AbortSignal): Promise<void> {
    const { view, bids, timeoutBlocks } = this.#deps;
    if (view.staleness() !== undefined) return;
    const open = bids.open();
    const paths = new Set(open.map((b) => formatLeaseId(b.id)));
    this.#retries.retain((path) => paths.has(path));
    const due = timedOutBids(open, view.height, timeoutBlocks()).filter((b) =>
      this.#retries.isDue(formatLeaseId(b.id), view.height),
    );
    // Each close waits for its block; one after the other, a tenant with many orders would hold the cluster for hours.
    for (let i = 0; i < due.length; i += AT_ONCE) {
      const batch = due.slice(i, i + AT_ONCE);
      const results = await Promise.allSettled(batch.map((bid) => this.#close(bid, signal)));
      const failed = results.find((r) => r.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
  }

  async #close(bid: Bid, signal: AbortSignal): Promise<void> {
    const { view, bids, reader, lane, log } = this.#deps;
    const head = await reader.head();
    const fresh = await reader.bid(bid.id);
    if (head.catchingUp || head.height < view.height || fresh === undefined) return;
    bids.put(fresh);
    if (fresh.state !== 'open') return;
    const path = formatLeaseId(bid.id);
    log.info(
      { bid: path, openedAt: bid.createdAt.toString() },
      'BidTimeout: nobody accepted this bid in time; closing it',
    );
    const outcome = await lane.submit([{ type: 'close-bid', id: bid.id, reason: 'unspecified' }], {
      signal,
    });
    if (outcome.status === 'included' && outcome.code === 0) {
      bids.put({ ...fresh, state: 'closed' });
      return;
    }
    this.#retries.failed(path, view.height);
    log.warn(
      { bid: path, outcome: outcome.status },
      'the bid could not be closed; its state is read again at the next recount',
    );
  }
}
