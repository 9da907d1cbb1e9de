/**
 * Keeps Bid objects and reservations true to the chain: after each recount every Bid says what became of it, every open bid
 * and live lease holds its capacity, and nothing else does.
 */
import type { ChainReader } from '../../chain/ports.js';
import type { Bid as BidObject, BidStatus } from '../../crds/generated/types.js';
import { shortfallOf } from '../../history/lost.js';
import {
  bidIdOf,
  formatLeaseId,
  formatOrderId,
  orderIdOf,
  parseOrderId,
} from '../../market/ids.js';
import { formatPrice } from '../../market/money.js';
import type { Bid, Lease } from '../../market/records.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import { landedBids } from './budget-state.js';
import { inTurns } from './in-turns.js';
import type { OwnBids } from './own-bids.js';
import { fromPlacementEntries } from './placement-record.js';
import type { BidRecords } from './ports.js';
import type { ReservationLedger } from './reservation-ledger.js';
import { reservationOf } from '../../bidengine/reserve.js';

const DAY_MS = 24 * 3600 * 1000;
/** After a restart every standing bid's group is read; one after the other, a thousand would take minutes. */
const READS_AT_ONCE = 32;
const ENDED: readonly BidStatus['state'][] = ['Lost', 'Closed', 'Expired', 'Failed'];

const wouldHaveTaken = (ours: Bid, winner: Bid): string => {
  const short = shortfallOf(ours.price, winner.price);
  switch (short.kind) {
    case 'dearer':
      return `; ${formatPrice(short.needed.amount)}${short.needed.denom} or less would have been cheaper`;
    case 'not-price':
      return '; ours was cheaper, so something else decided';
    case 'incomparable':
      return '';
  }
};

export interface BidUpkeepDeps {
  readonly reader: ChainReader;
  readonly provider: string;
  readonly records: BidRecords;
  readonly bids: OwnBids;
  readonly ledger: ReservationLedger;
  readonly leases: () => readonly Lease[];
  /** Told once of each bid of ours that lost, with the one that was taken. */
  readonly onLost: (ours: Bid, winner: Bid) => void;
  readonly clock: Clock;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
}

export class BidUpkeep {
  readonly #deps: BidUpkeepDeps;

  #landed: ReadonlyMap<string, bigint> = new Map();

  constructor(deps: BidUpkeepDeps) {
    this.#deps = deps;
  }

  /** Heights of the blocks that took our bids, by order path, as of the last run: of the last day at least. */
  get landed(): ReadonlyMap<string, bigint> {
    return this.#landed;
  }

  /** @throws when chain or cluster cannot be read */
  async run(): Promise<void> {
    const records = await this.#deps.records.list();
    this.#landed = landedBids(records);
    await this.#holdCapacity(records);
    for (const record of records) {
      try {
        await this.#upkeep(record);
      } catch (err) {
        // One Bid that cannot be written must not leave all the others untold.
        this.#deps.log.warn(
          { err, order: record.spec.order },
          'a Bid could not be brought up to date',
        );
      }
    }
  }

  async #upkeep(record: BidObject): Promise<void> {
    const { bids, records, clock, reader } = this.#deps;
    const path = record.spec.order;
    const status = record.status;
    if (status !== undefined && ENDED.includes(status.state)) {
      const endedAt = Date.parse(status.observedAt ?? record.metadata.creationTimestamp ?? '');
      if (clock.now() - endedAt > DAY_MS) await records.remove(record);
      return;
    }
    // What ended while nobody looked is in no listing of what lives.
    const onChain =
      bids.onChain(path) ??
      (bids.mayLand(path)
        ? undefined
        : await reader.bid(bidIdOf(parseOrderId(path), this.#deps.provider)));
    if (onChain === undefined) return;
    const next = await this.#statusOf(onChain, status);
    if (next === undefined || next.state === status?.state) return;
    await records.saveStatus(record, next);
    this.#announce(path, next);
  }

  #announce(path: string, status: BidStatus): void {
    const { metrics, log } = this.#deps;
    if (status.state === 'Won') metrics.bidEnded('won', '');
    else if (status.state === 'Lost') metrics.bidEnded('lost', status.reason ?? '');
    else if (status.state === 'Closed') metrics.bidEnded('closed', status.reason ?? '');
    log.info(
      { order: path, state: status.state, winningPrice: status.winningPrice },
      `bid is now ${status.state}`,
    );
  }

  async #statusOf(bid: Bid, before: BidStatus | undefined): Promise<BidStatus | undefined> {
    const observedAt = new Date(this.#deps.clock.now()).toISOString();
    const kept = { ...before, height: bid.createdAt.toString(), observedAt };
    switch (bid.state) {
      case 'open':
        return { ...kept, state: 'Open' };
      case 'active':
        return { ...kept, state: 'Won' };
      case 'closed':
        return {
          ...kept,
          state: 'Closed',
          reason: before?.state === 'Won' ? 'LeaseEnded' : 'BidClosed',
          message:
            before?.state === 'Won'
              ? 'The lease that this bid won has ended.'
              : 'The bid was closed, or its order ended without a lease.',
        };
      case 'lost':
        return { ...kept, state: 'Lost', ...(await this.#loss(bid)) };
    }
  }

  async #loss(bid: Bid): Promise<Pick<BidStatus, 'reason' | 'message' | 'winningPrice'>> {
    const rivals = await this.#deps.reader.bidsOnOrder(orderIdOf(bid.id));
    const winner = rivals.find((b) => b.state === 'active');
    if (winner === undefined)
      return { reason: 'LostToAnother', message: 'The tenant took another bid.' };
    const { price } = winner;
    this.#deps.onLost(bid, winner);
    return {
      reason: 'LostToAnother',
      message: `The tenant took the bid of ${winner.id.provider} at ${formatPrice(price.amount)}${price.denom} per block${wouldHaveTaken(bid, winner)}.`,
      winningPrice: { denom: price.denom, amount: formatPrice(price.amount) },
    };
  }

  /** Lets go of every reservation that nothing stands behind any more; returns their keys. */
  releaseEnded(): readonly string[] {
    const { bids, ledger, leases, log } = this.#deps;
    const standing = new Set(
      [...bids.standing(), ...leases()].map((b) => formatOrderId(orderIdOf(b.id))),
    );
    const dropped = ledger.retain((key) => bids.mayLand(key) || standing.has(key));
    for (const key of dropped)
      log.info(
        { order: key },
        'reservation released: neither an open bid nor a lease stands behind it',
      );
    return dropped;
  }

  /** Reservations are recounted from what stands: bids in flight, open bids and live leases. */
  async #holdCapacity(records: readonly BidObject[]): Promise<void> {
    const { bids, ledger, leases } = this.#deps;
    this.releaseEnded();
    const holders = new Map(
      [...bids.standing(), ...leases()].map((b) => [formatOrderId(orderIdOf(b.id)), b]),
    );
    const missing = [...holders].filter(([key]) => ledger.get(key) === undefined);
    const byOrder = new Map(records.map((r) => [r.spec.order, r]));
    await inTurns(missing, READS_AT_ONCE, ([key, holder]) =>
      this.#restore(holder, byOrder.get(key)),
    );
  }

  async #restore(holder: Bid | Lease, record: BidObject | undefined): Promise<void> {
    const { reader, ledger, log } = this.#deps;
    if (record === undefined) {
      log.warn(
        { lease: formatLeaseId(holder.id) },
        'PlacementUnknown: a bid of ours has no Bid object; its pods count once they exist',
      );
      return;
    }
    const group = await reader.group(holder.id);
    if (group === undefined) return;
    ledger.hold(
      reservationOf(holder.id, group.spec, fromPlacementEntries(record.spec.placement), 'restored'),
    );
  }
}
