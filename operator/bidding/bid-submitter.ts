/**
 * From decisions to bids on their way: reserve, sign, write one intent for all of them, and only then broadcast. Whatever
 * happens in between, the intent is the truth: without it nothing is sent, with it the same bytes are sent again.
 */
import type { BidDecision } from '../../bidengine/input.js';
import type { Reservation } from '../../bidengine/snapshot.js';
import type { ChainMessage, SignedTx, TxLane } from '../../chain/ports.js';
import { bidIdOf } from '../../market/ids.js';
import { formatPrice } from '../../market/money.js';
import type { Order } from '../../market/records.js';
import type { Logger } from '../logger.js';
import type { BidFollower } from './bid-follower.js';
import { describeGroup } from './describe-group.js';
import { formatIntents } from './intent.js';
import type { BidIntent } from './intent.js';
import type { OwnBids } from './own-bids.js';
import { toPlacementEntries } from './placement-record.js';
import type { IntentStore } from './ports.js';
import type { ReservationLedger } from './reservation-ledger.js';

export interface DecidedBid {
  /** The order's. */
  readonly path: string;
  readonly order: Order;
  readonly decision: BidDecision;
  readonly reservation: Reservation;
}

export interface BidSubmitterDeps {
  readonly lane: Pick<TxLane, 'sign' | 'discard'>;
  readonly provider: string;
  readonly intents: Pick<IntentStore, 'write'>;
  readonly bids: OwnBids;
  readonly ledger: ReservationLedger;
  readonly follower: Pick<BidFollower, 'follow'>;
  readonly log: Logger;
  /** Monotonic time at which the block of that height came, where it is known still. */
  readonly arrivalOf: (height: bigint) => number | undefined;
  /** Called for each bid that was not sent and never will be: its order is decided again. */
  readonly onAbandoned: (orderPath: string) => void;
}

/** A ConfigMap takes a mebibyte. */
const MOST_BYTES = 900_000;

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

const intentOf = ({ order, decision, reservation }: DecidedBid, tx: SignedTx): BidIntent => ({
  orderId: order.id,
  price: { denom: decision.price.denom, amount: formatPrice(decision.price.amount) },
  usdPerHour: decision.usdPerHour.toFixed(4),
  ...describeGroup(order.spec),
  placement: toPlacementEntries(decision.placement),
  placedBy: decision.placedBy,
  reservation: { ...reservation, reason: 'bid open' },
  tx: {
    hash: tx.hash,
    bytes: Buffer.from(tx.bytes).toString('base64'),
    timeoutNs: (tx.timeoutNs ?? 0n).toString(),
  },
});

interface SignedBid {
  readonly bid: DecidedBid;
  readonly tx: SignedTx;
  readonly intent: BidIntent;
}

/** One intent for all of a block, unless an object could not hold it. */
const bySize = (signed: readonly SignedBid[]): readonly (readonly SignedBid[])[] => {
  const batches: SignedBid[][] = [];
  let room = 0;
  for (const each of signed) {
    const bytes = formatIntents([each.intent]).length;
    if (bytes > room || batches.length === 0) {
      batches.push([]);
      room = MOST_BYTES;
    }
    batches.at(-1)?.push(each);
    room -= bytes;
  }
  return batches;
};

export class BidSubmitter {
  readonly #deps: BidSubmitterDeps;

  constructor(deps: BidSubmitterDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves when every bid is on its way (not when it is in a block). A fault before an intent leaves no trace of its bids.
   * @throws when an intent could not be written; the bids of the others are on their way all the same
   */
  async submit(decided: readonly DecidedBid[], height: bigint, signal: AbortSignal): Promise<void> {
    const { ledger, bids } = this.#deps;
    for (const { path, reservation } of decided) {
      bids.prepare(path);
      ledger.hold(reservation);
    }
    const signed = await Promise.allSettled(decided.map((d) => this.#sign(d)));
    const ready = signed.flatMap((s) => (s.status === 'fulfilled' ? [s.value] : []));
    const sent = await Promise.allSettled(
      bySize(ready).map((batch) => this.#send(batch, height, signal)),
    );
    const unsigned = decided.filter((_, i) => signed[i]?.status === 'rejected');
    const fault = [...signed, ...sent].find((s) => s.status === 'rejected');
    if (unsigned.length > 0) this.#abandon(unsigned, fault?.reason);
    if (fault !== undefined) throw fault.reason;
  }

  async #sign(bid: DecidedBid): Promise<SignedBid> {
    const message = createBid(this.#deps.provider, bid);
    const tx = await this.#deps.lane.sign([message], { mode: 'unordered' });
    return { bid, tx, intent: intentOf(bid, tx) };
  }

  async #send(batch: readonly SignedBid[], height: bigint, signal: AbortSignal): Promise<void> {
    const { intents, lane, bids, follower, arrivalOf } = this.#deps;
    let intentName: string;
    try {
      intentName = await intents.write(
        height,
        batch.map((b) => b.intent),
      );
    } catch (error) {
      for (const { tx } of batch) lane.discard(tx);
      this.#abandon(
        batch.map((b) => b.bid),
        error,
      );
      throw error;
    }
    const flights = batch.map(({ bid, intent }) => ({
      flight: { intent, intentName },
      arrivedAt: arrivalOf(bid.order.createdAt),
    }));
    for (const { flight } of flights) bids.startFlight(flight);
    for (const { flight, arrivedAt } of flights) follower.follow(flight, signal, arrivedAt);
  }

  #abandon(decided: readonly DecidedBid[], err: unknown): void {
    const { bids, ledger, onAbandoned, log } = this.#deps;
    for (const { path } of decided) {
      bids.abandonFlight(path);
      ledger.release(path);
      onAbandoned(path);
    }
    log.warn(
      { err, orders: decided.length },
      'IntentNotWritten: no bid was sent because it could not be signed or its intent not be written',
    );
  }
}
