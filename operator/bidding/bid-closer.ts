/**
 * Closes own bids that waited too long. Before each close the bid is read again at the newest height: a bid that has just
 * become a lease must never be closed, because that would close the tenant's lease. One race remains: a lease created in
 * the very block that includes our close; the chain then closes that lease (docs/operations.md).
 */
import type { ChainReader, TxLane } from '../../chain/ports.js';
import { formatLeaseId } from '../../market/ids.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Logger } from '../logger.js';
import { timedOutBids } from './bid-timeout.js';
import type { OwnBids } from './own-bids.js';

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

  constructor(deps: BidCloserDeps) {
    this.#deps = deps;
  }

  /** Closes what is due; nothing on a stale view. @throws when the chain cannot be read or the close cannot be sent */
  async run(signal: AbortSignal): Promise<void> {
    const { view, bids, reader, lane, log, timeoutBlocks } = this.#deps;
    if (view.staleness() !== undefined) return;
    for (const bid of timedOutBids(bids.open(), view.height, timeoutBlocks())) {
      const head = await reader.head();
      const fresh = await reader.bid(bid.id);
      if (head.height < view.height || fresh?.state !== 'open') continue;
      log.info(
        { bid: formatLeaseId(bid.id), openedAt: bid.createdAt.toString() },
        'BidTimeout: nobody accepted this bid in time; closing it',
      );
      const outcome = await lane.submit(
        [{ type: 'close-bid', id: bid.id, reason: 'unspecified' }],
        { signal },
      );
      if (outcome.status === 'included' && outcome.code === 0)
        bids.put({ ...fresh, state: 'closed' });
      else
        log.warn(
          { bid: formatLeaseId(bid.id), outcome: outcome.status },
          'the bid could not be closed; its state is read again at the next recount',
        );
    }
  }
}
