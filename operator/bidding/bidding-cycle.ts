/**
 * One bidding cycle: heads, snapshot, decide, reserve, intent, broadcast. Decisions are pure and made one after the other on
 * a snapshot that already holds the ones before; nothing is awaited between the snapshot and the last decision.
 */
import type { ExchangeRates } from '../../bidengine/exchange.js';
import type { BidRules } from '../../bidengine/bid-rules.js';
import type { DecideInput, Decision } from '../../bidengine/input.js';
import type { PricingPolicy } from '../../bidengine/pricing-policy.js';
import type { InventorySnapshot, Reservation } from '../../bidengine/snapshot.js';
import type { PricingStrategy } from '../../bidengine/strategy.js';
import { formatOrderId } from '../../market/ids.js';
import type { Reason } from '../../market/reasons.js';
import type { Order } from '../../market/records.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { ProviderFacts } from '../chain-view/chain-sync.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import type { OrderBook } from '../orderbook/order-book.js';
import type { BidSubmitter, DecidedBid } from './bid-submitter.js';
import type { DecisionLog } from './decision-log.js';
import { decideInput } from './decide-input.js';
import type { OwnBids } from './own-bids.js';
import type { ReservationLedger } from './reservation-ledger.js';
import { reservationOf } from '../../bidengine/reserve.js';
import type { RetrySchedule } from './retry-schedule.js';

/** Everything a cycle reads beside the order book, gathered at one moment. */
export interface CycleInputs {
  readonly address: string;
  readonly facts: ProviderFacts & { readonly record: NonNullable<ProviderFacts['record']> };
  readonly policies: readonly PricingPolicy[];
  readonly rules: BidRules;
  /** Unix milliseconds. */
  readonly nowMs: number;
  readonly exchange: ExchangeRates;
  readonly blockedHostnames: readonly string[];
  /** Who names the price, where it is not the price books. */
  readonly strategy?: PricingStrategy | undefined;
  /** Nodes and pods as they are now, less the reservations that no pod shows yet. */
  readonly inventory: (reservations: readonly Reservation[]) => InventorySnapshot;
}

/** Bids in one intent: a ConfigMap takes a mebibyte, and a bid a few kilobytes of it. */
const MOST_PER_INTENT = 100;

export interface BiddingCycleDeps {
  readonly view: ChainView;
  readonly book: OrderBook;
  readonly bids: OwnBids;
  readonly ledger: ReservationLedger;
  readonly submitter: Pick<BidSubmitter, 'submit'>;
  readonly decisions: DecisionLog;
  readonly retries: RetrySchedule;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  readonly decide: (input: DecideInput) => Decision;
  readonly withReservations: (
    snapshot: InventorySnapshot,
    reservations: readonly Reservation[],
  ) => InventorySnapshot;
  /** The inputs, or why no order may be decided now. */
  readonly inputs: () => CycleInputs | Reason;
}

const isReason = (value: CycleInputs | Reason): value is Reason => 'code' in value;

export class BiddingCycle {
  readonly #deps: BiddingCycleDeps;

  constructor(deps: BiddingCycleDeps) {
    this.#deps = deps;
  }

  /** Runs once. Returns why it could not decide, or `undefined`. @throws when the intent cannot be written */
  async run(signal: AbortSignal): Promise<Reason | undefined> {
    const { view, book, submitter, decisions, retries } = this.#deps;
    const isOpen = (path: string): boolean => open.has(path);
    const orders = book.open();
    const open = new Set(orders.map((o) => formatOrderId(o.id)));
    decisions.retain(isOpen);
    retries.retain(isOpen);
    this.#deps.metrics.openOrders(orders.length);
    const inputs = this.#deps.inputs();
    if (isReason(inputs)) return inputs;
    for (;;) {
      const decided = this.#decideAll(this.#heads(orders), inputs);
      await submitter.submit(decided, view.height, signal);
      if (decided.length < MOST_PER_INTENT || signal.aborted) return undefined;
    }
  }

  #heads(orders: readonly Order[]): readonly Order[] {
    const { bids, retries, view } = this.#deps;
    return orders.filter((order) => {
      const path = formatOrderId(order.id);
      return !bids.has(path) && retries.isDue(path, view.height);
    });
  }

  #decideAll(orders: readonly Order[], inputs: CycleInputs): readonly DecidedBid[] {
    const { ledger, withReservations, decide, view, bids } = this.#deps;
    const decided: DecidedBid[] = [];
    const held = [...ledger.all()];
    let snapshot = inputs.inventory(held);
    for (const order of orders) {
      if (decided.length === MOST_PER_INTENT) break;
      const taken = { snapshot, held, decidedBefore: decided.length };
      const decision = decide(decideInput(order, { view, bids, inputs }, taken));
      this.#note(order, decision);
      if (decision.type === 'skip') continue;
      decided.push({ order, decision });
      const reservation = reservationOf(order.id, order.spec, decision.placement, 'bid in flight');
      held.push(reservation);
      snapshot = withReservations(snapshot, [reservation]);
    }
    return decided;
  }

  #note(order: Order, decision: Decision): void {
    const { decisions, metrics, log } = this.#deps;
    const path = formatOrderId(order.id);
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
