/**
 * One bidding cycle: what is due, snapshot, decide, reserve, intent, broadcast. Decisions are pure and made one after the other
 * on a snapshot that already holds the ones before; nothing is awaited between the snapshot and the last decision of a batch.
 */
import type { DecideInput, Decision } from '../../bidengine/input.js';
import type { InventorySnapshot, Reservation } from '../../bidengine/snapshot.js';
import { reservationOf } from '../../bidengine/reserve.js';
import type { Reason } from '../../market/reasons.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import type { OpenOrder, OrderBook } from '../orderbook/order-book.js';
import type { BidSubmitter, DecidedBid } from './bid-submitter.js';
import type { CycleInputs } from './cycle-inputs.js';
import { decideInput, sharesOf, unseenBids } from './decide-input.js';
import type { DecisionLog } from './decision-log.js';
import type { DecisionRounds } from './decision-rounds.js';
import { clusterSize } from './owner-shares.js';
import type { OwnBids } from './own-bids.js';
import type { ReservationLedger } from './reservation-ledger.js';
import type { RetrySchedule } from './retry-schedule.js';

/** Bids of one batch, which are one intent: all that a block is likely to bring, in far less than an object may hold. */
const MOST_BIDS = 400;
/** Decisions of one batch: a tenth of a second or less, after which new orders go first again. */
const MOST_DECISIONS = 400;

export interface BiddingCycleDeps {
  readonly view: ChainView;
  readonly book: OrderBook;
  readonly bids: OwnBids;
  readonly ledger: ReservationLedger;
  readonly submitter: Pick<BidSubmitter, 'submit'>;
  readonly decisions: DecisionLog;
  readonly rounds: DecisionRounds;
  readonly retries: RetrySchedule;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  readonly decide: (input: DecideInput) => Decision;
  /** Told of every decision, on the hot path; `missing` names what it was made of beside the input. */
  readonly onDecided: (input: DecideInput, decision: Decision, missing: readonly string[]) => void;
  readonly withReservations: (
    snapshot: InventorySnapshot,
    reservations: readonly Reservation[],
  ) => InventorySnapshot;
  /** The inputs, or why no order may be decided now. */
  readonly inputs: () => CycleInputs | Reason;
}

const isReason = (value: CycleInputs | Reason): value is Reason => 'code' in value;

/** Lets timers and sockets have their turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class BiddingCycle {
  readonly #deps: BiddingCycleDeps;

  constructor(deps: BiddingCycleDeps) {
    this.#deps = deps;
  }

  /** Decides everything that is due. Returns why it could not, or `undefined`. @throws when the intent cannot be written */
  async run(signal: AbortSignal): Promise<Reason | undefined> {
    const { view, book, submitter, decisions, retries, rounds } = this.#deps;
    const isOpen = (path: string): boolean => book.isOpen(path);
    decisions.retain(isOpen);
    retries.retain(isOpen);
    rounds.retain(isOpen);
    this.#deps.metrics.openOrders(book.size);
    for (;;) {
      const inputs = this.#deps.inputs();
      if (isReason(inputs)) return inputs;
      const due = this.#due();
      if (due.length === 0) return undefined;
      await submitter.submit(this.#decideAll(due, inputs), view.height, signal);
      await breathe();
    }
  }

  #due(): readonly OpenOrder[] {
    const { book, bids, retries, rounds, view } = this.#deps;
    const free = book
      .entries()
      .filter(({ path }) => !bids.has(path) && retries.isDue(path, view.height));
    return rounds.due(free, MOST_DECISIONS);
  }

  #decideAll(due: readonly OpenOrder[], inputs: CycleInputs): readonly DecidedBid[] {
    const { ledger, bids, view, rounds, withReservations } = this.#deps;
    const held = ledger.all();
    const shares = sharesOf(held, bids);
    const unseen = unseenBids(bids, inputs);
    const inFlight = bids.inFlight().length;
    const { blockTimeMs, height } = view;
    const decided: DecidedBid[] = [];
    let snapshot = inputs.inventory(held);
    const cluster = clusterSize(snapshot);
    for (const { path, order } of due) {
      if (decided.length === MOST_BIDS) break;
      const unbudgeted = inFlight + decided.length;
      const ownerGpus = shares.gpusOf(order.id.owner);
      const underway = { unbudgeted, bids: unbudgeted + unseen, ownerGpus };
      const limit = shares.limit(order, inputs.maxPendingPercentPerOwner, cluster);
      const input = decideInput(order, snapshot, inputs, underway, { blockTimeMs, height });
      const decision: Decision =
        limit === undefined
          ? this.#deps.decide(input)
          : { type: 'skip', orderId: order.id, reasons: [limit] };
      // The pending bids of one tenant are no part of the input of a decision.
      this.#deps.onDecided(input, decision, limit === undefined ? [] : ['pending bids']);
      rounds.decided(path);
      this.#note(path, decision);
      if (decision.type === 'skip') continue;
      const reservation = reservationOf(order.id, order.spec, decision.placement, 'bid in flight');
      decided.push({ path, order, decision, reservation });
      shares.hold(reservation);
      snapshot = withReservations(snapshot, [reservation]);
    }
    return decided;
  }

  #note(path: string, decision: Decision): void {
    const { decisions, metrics, log } = this.#deps;
    const reasons = decision.type === 'skip' ? decision.reasons : [];
    if (!decisions.note(path, { result: decision.type, reasons })) return;
    metrics.orderDecided(decision.type, reasons[0]?.code ?? '');
    if (decision.type === 'bid') {
      log.info(
        { order: path, usdPerHour: decision.usdPerHour.toFixed(4), policy: decision.policy },
        'decided to bid',
      );
    } else {
      log.info({ order: path, reasons }, `no bid: ${reasons.map((r) => r.code).join(', ')}`);
    }
  }
}
