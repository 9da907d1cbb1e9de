/**
 * From decisions to bids in a block: reserve, sign, write one intent for all of them, and only then broadcast. Whatever
 * happens in between, the intent is the truth: without it nothing is sent, with it the same bytes are sent again.
 */
import type { ChainMessage, TxLane, TxOutcome } from '../../chain/ports.js';
import type { BidStatus } from '../../crds/generated/types.js';
import type { BidDecision } from '../../bidengine/input.js';
import { bidIdOf, formatOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import { formatPrice } from '../../market/money.js';
import type { Reason } from '../../market/reasons.js';
import type { Bid, Order } from '../../market/records.js';
import type { Logger } from '../logger.js';
import type { Clock } from '../clock.js';
import type { OperatorMetrics } from '../metrics.js';
import type { BidIntent } from './intent.js';
import type { InFlightBid, OwnBids } from './own-bids.js';
import { toPlacementEntries } from './placement-record.js';
import type { BidRecords, IntentStore } from './ports.js';
import type { ReservationLedger } from './reservation-ledger.js';
import { reservationOf } from '../../bidengine/reserve.js';
import { describeGroup } from './describe-group.js';

export interface DecidedBid {
  readonly order: Order;
  readonly decision: BidDecision;
}

export interface BidSubmitterDeps {
  readonly lane: TxLane;
  readonly provider: string;
  readonly intents: IntentStore;
  readonly records: BidRecords;
  readonly bids: OwnBids;
  readonly ledger: ReservationLedger;
  readonly metrics: OperatorMetrics;
  readonly clock: Clock;
  readonly log: Logger;
  /** The chain's record of our bid on an order. @throws when it cannot be read */
  readonly bidOnChain: (orderId: OrderId) => Promise<Bid | undefined>;
  /** Called when a bid ended without effect, so that its order is decided again after the given reason. */
  readonly onFailed: (orderPath: string, reason: Reason) => void;
  /** Called when a bid is in a block. */
  readonly onIncluded: (intent: BidIntent, height: bigint) => void;
}

const createBid = (provider: string, { decision }: DecidedBid): ChainMessage => ({
  type: 'create-bid',
  id: bidIdOf(decision.orderId, provider),
  price: decision.price,
  deposit: decision.deposit,
  resourcesOffer: decision.offer,
  ...(decision.reclamationWindowSeconds === undefined
    ? {}
    : { reclamationWindowSeconds: decision.reclamationWindowSeconds }),
});

export class BidSubmitter {
  readonly #deps: BidSubmitterDeps;
  readonly #flights = new Set<Promise<void>>();

  constructor(deps: BidSubmitterDeps) {
    this.#deps = deps;
  }

  /** Resolves when every bid is on its way (not when it is in a block). A fault before the intent leaves no trace. */
  async submit(decided: readonly DecidedBid[], height: bigint, signal: AbortSignal): Promise<void> {
    if (decided.length === 0) return;
    const { ledger, bids, intents, log } = this.#deps;
    for (const { order, decision } of decided) {
      bids.prepare(formatOrderId(order.id));
      ledger.hold(reservationOf(order.id, order.spec, decision.placement, 'bid in flight'));
    }
    const release = (): void => {
      for (const { order } of decided) {
        bids.abandonFlight(formatOrderId(order.id));
        ledger.release(formatOrderId(order.id));
      }
    };
    let flights: readonly InFlightBid[];
    try {
      const signed = await Promise.all(decided.map((d) => this.#sign(d)));
      const intentName = await intents.write(height, signed);
      flights = signed.map((intent) => ({ intent, intentName }));
    } catch (error) {
      release();
      log.warn(
        { err: error, orders: decided.length },
        'IntentNotWritten: no bid was sent because its intent could not be written',
      );
      throw error;
    }
    for (const flight of flights) bids.startFlight(flight);
    for (const flight of flights) this.resume(flight, signal);
  }

  /** Broadcasts (again) a bid whose intent is written, and follows it to its end. */
  resume(flight: InFlightBid, signal: AbortSignal): void {
    const run = this.#follow(flight, signal).finally(() => this.#flights.delete(run));
    this.#flights.add(run);
  }

  /** Resolves when no bid is being followed any more. */
  async settled(): Promise<void> {
    await Promise.all([...this.#flights]);
  }

  async #sign(decided: DecidedBid): Promise<BidIntent> {
    const { order, decision } = decided;
    const tx = await this.#deps.lane.sign([createBid(this.#deps.provider, decided)], {
      mode: 'unordered',
    });
    return {
      orderId: order.id,
      price: { denom: decision.price.denom, amount: formatPrice(decision.price.amount) },
      usdPerHour: decision.usdPerHour.toFixed(4),
      ...describeGroup(order.spec),
      placement: toPlacementEntries(decision.placement),
      reservation: reservationOf(order.id, order.spec, decision.placement, 'bid open'),
      tx: {
        hash: tx.hash,
        bytes: Buffer.from(tx.bytes).toString('base64'),
        timeoutNs: (tx.timeoutNs ?? 0n).toString(),
      },
    };
  }

  /** Never rejects. */
  async #follow(flight: InFlightBid, signal: AbortSignal): Promise<void> {
    const { lane, metrics, clock, log, bids } = this.#deps;
    const { intent } = flight;
    const started = clock.monotonic();
    const timeoutNs = BigInt(intent.tx.timeoutNs);
    try {
      const outcome = await lane.broadcast(
        {
          bytes: Buffer.from(intent.tx.bytes, 'base64'),
          hash: intent.tx.hash,
          timeoutNs: timeoutNs === 0n ? undefined : timeoutNs,
        },
        signal,
      );
      if (await this.#isThereAnyway(flight, outcome)) return;
      metrics.bidLatency((clock.monotonic() - started) / 1000);
      await this.#conclude(flight, outcome);
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

  async #conclude(flight: InFlightBid, outcome: TxOutcome): Promise<void> {
    const { ledger, bids, metrics, log, onFailed, onIncluded } = this.#deps;
    const { intent } = flight;
    const path = formatOrderId(intent.orderId);
    const status = this.#statusOf(outcome);
    if (status.state === 'Open') {
      ledger.hold(intent.reservation);
      metrics.bidEnded('open', '');
      log.info(
        { order: path, height: status.height, tx: intent.tx.hash, usdPerHour: intent.usdPerHour },
        'bid in block',
      );
    } else {
      const reason: Reason = { code: status.reason ?? 'BidFailed', message: status.message ?? '' };
      ledger.release(path);
      metrics.bidEnded(status.state === 'Expired' ? 'expired' : 'failed', reason.code);
      log.warn({ order: path, reason: reason.code }, reason.message);
      onFailed(path, reason);
    }
    bids.endFlight(flight, status.state === 'Open' ? 'landed' : 'failed');
    if (outcome.status === 'included' && outcome.code === 0) onIncluded(intent, outcome.height);
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

  #statusOf(outcome: TxOutcome): BidStatus {
    const observedAt = new Date(this.#deps.clock.now()).toISOString();
    if (outcome.status === 'expired') {
      return {
        state: 'Expired',
        reason: 'TxExpired',
        message:
          'The bid was not included before its timeout; it can never land any more and the order is decided again.',
        txHash: outcome.hash,
        observedAt,
      };
    }
    if (outcome.status === 'included' && outcome.code === 0) {
      return { state: 'Open', txHash: outcome.hash, height: outcome.height.toString(), observedAt };
    }
    const where = outcome.status === 'included' ? 'in its block' : 'before the mempool';
    return {
      state: 'Failed',
      reason: outcome.status === 'included' ? 'BidFailedInBlock' : 'BidRejected',
      message:
        `The chain refused the bid ${where}: ${outcome.codespace}/${outcome.code} ${outcome.log}`.slice(
          0,
          1000,
        ),
      txHash: outcome.hash,
      ...(outcome.status === 'included' ? { height: outcome.height.toString() } : {}),
      observedAt,
    };
  }
}
