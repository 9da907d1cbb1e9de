/** Follows bids whose intents are written to their end: in a block, refused, expired, or unknown for now. */
import type { TxLane, TxOutcome } from '../../chain/ports.js';
import { formatOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import type { Reason } from '../../market/reasons.js';
import type { Bid } from '../../market/records.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import { bidStatusOf, isCorrectable } from './bid-outcome.js';
import type { BidIntent } from './intent.js';
import type { InFlightBid, OwnBids } from './own-bids.js';
import type { BidRecords } from './ports.js';
import type { ReservationLedger } from './reservation-ledger.js';
import type { BidStatus } from '../../crds/generated/types.js';

export interface BidFollowerDeps {
  readonly lane: Pick<TxLane, 'broadcast'>;
  readonly records: BidRecords;
  readonly bids: OwnBids;
  readonly ledger: ReservationLedger;
  readonly metrics: OperatorMetrics;
  readonly clock: Clock;
  readonly log: Logger;
  /** The chain's record of our bid on an order. @throws when it cannot be read */
  readonly bidOnChain: (orderId: OrderId) => Promise<Bid | undefined>;
  /** Called when a bid ended without effect; `correctable`: the next one may well be taken, so it should not wait. */
  readonly onFailed: (orderPath: string, reason: Reason, correctable: boolean) => void;
  /** Called when a bid is in a block. */
  readonly onIncluded: (intent: BidIntent, height: bigint) => void;
}

export class BidFollower {
  readonly #deps: BidFollowerDeps;
  readonly #flights = new Set<Promise<void>>();

  constructor(deps: BidFollowerDeps) {
    this.#deps = deps;
  }

  /** Broadcasts a bid (again) and follows it to its end. @param arrivedAt monotonic time at which its order's block came */
  follow(flight: InFlightBid, signal: AbortSignal, arrivedAt?: number): void {
    const run = this.#follow(flight, signal, arrivedAt).finally(() => this.#flights.delete(run));
    this.#flights.add(run);
  }

  /** Resolves when no bid is being followed any more. */
  async settled(): Promise<void> {
    await Promise.all([...this.#flights]);
  }

  /** Never rejects. */
  async #follow(
    flight: InFlightBid,
    signal: AbortSignal,
    arrivedAt: number | undefined,
  ): Promise<void> {
    const { lane, metrics, clock, log, bids } = this.#deps;
    const { intent } = flight;
    const started = clock.monotonic();
    const timeoutNs = BigInt(intent.tx.timeoutNs);
    let acceptedMs: number | undefined;
    try {
      const outcome = await lane.broadcast(
        {
          bytes: Buffer.from(intent.tx.bytes, 'base64'),
          hash: intent.tx.hash,
          timeoutNs: timeoutNs === 0n ? undefined : timeoutNs,
        },
        signal,
        () => {
          if (arrivedAt !== undefined) acceptedMs ??= clock.monotonic() - arrivedAt;
        },
      );
      if (await this.#isThereAnyway(flight, outcome)) return;
      metrics.bidLatency((clock.monotonic() - started) / 1000);
      await this.#conclude(flight, outcome, acceptedMs);
    } catch (error) {
      // Unknown: the intent stays, the capacity stays held, and recovery broadcasts the same bytes again.
      log.warn(
        { err: error, order: formatOrderId(intent.orderId) },
        'the outcome of a bid is unknown for now',
      );
      bids.doubtFlight(formatOrderId(intent.orderId));
    }
  }

  /** A refusal such as "bid exists" may be about the very bid we hold: then recovery takes it over as it is on chain. */
  async #isThereAnyway({ intent }: InFlightBid, outcome: TxOutcome): Promise<boolean> {
    if (outcome.status === 'included' && outcome.code === 0) return false;
    const { bids, bidOnChain } = this.#deps;
    const bid = await bidOnChain(intent.orderId);
    if (bid === undefined) return false;
    bids.put(bid);
    bids.doubtFlight(formatOrderId(intent.orderId));
    return true;
  }

  async #conclude(
    flight: InFlightBid,
    outcome: TxOutcome,
    acceptedMs: number | undefined,
  ): Promise<void> {
    const { ledger, bids, metrics, clock, log, onFailed, onIncluded } = this.#deps;
    const { intent } = flight;
    const path = formatOrderId(intent.orderId);
    const status = bidStatusOf(outcome, new Date(clock.now()).toISOString());
    if (status.state === 'Open') {
      ledger.hold(intent.reservation);
      metrics.bidEnded('open', '');
      log.info(
        {
          ...{ order: path, height: status.height, tx: intent.tx.hash },
          ...{ usdPerHour: intent.usdPerHour, acceptedMs: acceptedMs?.toFixed(1) },
        },
        'bid in block',
      );
    } else {
      const reason: Reason = { code: status.reason ?? 'BidFailed', message: status.message ?? '' };
      ledger.release(path);
      metrics.bidEnded(status.state === 'Expired' ? 'expired' : 'failed', reason.code);
      log.warn({ order: path, reason: reason.code }, reason.message);
    }
    bids.endFlight(flight, status.state === 'Open' ? 'landed' : 'failed');
    if (outcome.status === 'included' && outcome.code === 0) onIncluded(intent, outcome.height);
    else {
      const { reason: code = 'BidFailed', message = '' } = status;
      onFailed(path, { code, message }, isCorrectable(outcome));
    }
    await this.#record(flight, status);
  }

  /** Off the hot path; a failure here is repaired by the next recount, which sees the bid on chain. */
  async #record(flight: InFlightBid, status: BidStatus): Promise<void> {
    try {
      await this.#deps.records.save(flight.intent, flight.intentName, status);
    } catch (error) {
      this.#deps.log.warn(
        { err: error, order: formatOrderId(flight.intent.orderId) },
        'the Bid object could not be written yet',
      );
    }
  }
}
