/**
 * Closes own bids that waited too long, right after a block and with a short life, so that a close lands in the next block or
 * never. A bid that has just become a lease must not be closed, because that would close the tenant's lease: so the bid is read
 * again at the newest height, and the mempools are searched for a lease on it. One race remains: a lease that a tenant sends
 * after that look and that lands in the very block of our close, before it. It is counted (docs/operations.md).
 */
import type { ChainProof, ChainReader, MempoolReader, TxLane } from '../../chain/ports.js';
import { formatLeaseId } from '../../market/ids.js';
import type { Bid } from '../../market/records.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import type { OwnBids } from './own-bids.js';
import { RetrySchedule } from './retry-schedule.js';

/** Closes sent after one block. */
const AT_ONCE = 64;
/** A close may wait this many blocks: for the next one, and not for the one after. */
const LIFE_BLOCKS = 1.5;
const SHORTEST_LIFE_MS = 1_000;
/** Blocks for which a mempool that cannot be read whole holds a close back. */
const PATIENCE_BLOCKS = 10n;

/** What two endpoints must agree on. */
const stateOf = (bid: Bid | undefined): string => bid?.state ?? 'no record';

export interface BidCloserDeps {
  readonly reader: Pick<ChainReader, 'lease'>;
  readonly proof: Pick<ChainProof, 'read'>;
  readonly mempools: MempoolReader;
  readonly lane: Pick<TxLane, 'submit'>;
  readonly view: ChainView;
  readonly bids: OwnBids;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  /** Bids that have waited too long at the present height. */
  readonly due: () => readonly Bid[];
}

export class BidCloser {
  readonly #deps: BidCloserDeps;
  readonly #retries = new RetrySchedule();
  /** By bid path: the height at which its close was first held back by an unreadable mempool. */
  readonly #heldBack = new Map<string, bigint>();

  constructor(deps: BidCloserDeps) {
    this.#deps = deps;
  }

  /**
   * Closes what is due; nothing unless a block has just been seen. To be run after every block.
   * @throws when the chain cannot be read or the close cannot be sent
   */
  async run(signal: AbortSignal): Promise<void> {
    const { view, bids, due } = this.#deps;
    if (view.staleness() !== undefined || view.stalenessMs() > view.blockTimeMs / 2) return;
    const open = new Set(bids.open().map((b) => formatLeaseId(b.id)));
    this.#retries.retain((path) => open.has(path));
    for (const path of this.#heldBack.keys()) if (!open.has(path)) this.#heldBack.delete(path);
    const wanted = due()
      .filter((b) => this.#retries.isDue(formatLeaseId(b.id), view.height))
      .slice(0, AT_ONCE);
    if (wanted.length === 0) return;
    const still = await this.#stillOpen(wanted);
    const safe = await this.#notBeingLeased(still);
    const results = await Promise.allSettled(safe.map((bid) => this.#close(bid, signal)));
    const failed = results.find((r) => r.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Those that are proven to be open still, by endpoints that are not behind what we have seen. */
  async #stillOpen(wanted: readonly Bid[]): Promise<readonly Bid[]> {
    const { proof, view, bids, log } = this.#deps;
    const proven = await Promise.all(
      wanted.map((b) => proof.read((r) => r.bid(b.id), stateOf, view.height)),
    );
    const obstacle = proven.find((p) => !p.proven);
    if (obstacle?.proven === false) {
      log.info({ reason: obstacle.reason.code }, `bids are not closed: ${obstacle.reason.message}`);
    }
    const read = proven.flatMap((p) => (p.proven && p.value !== undefined ? [p.value] : []));
    for (const bid of read) bids.put(bid);
    return read.filter((bid) => bid.state === 'open');
  }

  async #notBeingLeased(open: readonly Bid[]): Promise<readonly Bid[]> {
    if (open.length === 0) return [];
    const { mempools, view, log } = this.#deps;
    const { ids, complete } = await mempools.pendingLeases();
    const leased = new Set(ids.map(formatLeaseId));
    return open.filter(({ id }) => {
      const path = formatLeaseId(id);
      if (leased.has(path)) {
        log.info({ bid: path }, 'a lease on this bid is on its way; it is not closed');
        return false;
      }
      const since = this.#heldBack.get(path) ?? view.height;
      if (!complete) this.#heldBack.set(path, since);
      return complete || view.height - since >= PATIENCE_BLOCKS;
    });
  }

  async #close(bid: Bid, signal: AbortSignal): Promise<void> {
    const { view, bids, lane, log } = this.#deps;
    const path = formatLeaseId(bid.id);
    log.info(
      { bid: path, openedAt: bid.createdAt.toString() },
      'BidTimeout: nobody accepted this bid in time; closing it',
    );
    const outcome = await lane.submit([{ type: 'close-bid', id: bid.id, reason: 'unspecified' }], {
      signal,
      lifetimeMs: Math.max(SHORTEST_LIFE_MS, view.blockTimeMs * LIFE_BLOCKS),
    });
    if (outcome.status === 'included' && outcome.code === 0) {
      bids.put({ ...bid, state: 'closed' });
      await this.#lookForRace(bid, outcome.height);
      return;
    }
    // One that came too late for its block costs nothing and is due again after the next.
    this.#retries.failed(path, view.height, outcome.status === 'expired');
    log.warn(
      { bid: path, outcome: outcome.status },
      'the bid could not be closed; its state is read again at the next recount',
    );
  }

  /** A lease that exists now was made in the block of the close, and ended by it. */
  async #lookForRace(bid: Bid, height: bigint): Promise<void> {
    const { reader, metrics, log } = this.#deps;
    const lease = await reader.lease(bid.id);
    metrics.bidClosed(lease !== undefined);
    if (lease === undefined) return;
    log.warn(
      { lease: formatLeaseId(bid.id), height: height.toString() },
      'CloseRacedLease: the tenant took the bid in the very block that closed it, so the new lease ended at once',
    );
  }
}
