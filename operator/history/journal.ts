/**
 * Takes down every decision as it is made, in memory and in no time; the keeper writes it out later. A decision that is like
 * the last one on its order (same answer, same price books) is only counted.
 */
import type { DecideInput, Decision } from '../../bidengine/input.js';
import type { PricingPolicy } from '../../bidengine/pricing-policy.js';
import type { DecidedEntry, HistoryEntry } from '../../history/entry.js';
import type { Block } from '../../market/events.js';
import { formatOrderId, orderIdOf } from '../../market/ids.js';
import type { BidId, OrderId } from '../../market/ids.js';
import type { DecCoin } from '../../market/money.js';
import type { Clock } from '../clock.js';

/** Repetitions are told at most this often, milliseconds; what repeats on every block would fill the history. */
const AGAIN_EVERY_MS = 600_000;
/** Entries that wait to be written at most; beyond that the oldest are dropped and counted. */
const MOST_WAITING = 5_000;
/** Orders whose last answer is remembered at most. */
const MOST_ORDERS = 20_000;

/** What is remembered of an order until it is gone. */
interface LastAnswer {
  readonly orderId: OrderId;
  readonly answer: string;
  readonly policies: readonly PricingPolicy[];
  readonly price: DecCoin | undefined;
  height: bigint;
  /** Not told yet. */
  times: number;
  toldMs: number;
}

const answerOf = (decision: Decision): string =>
  decision.type === 'bid'
    ? `bid ${decision.price.amount.toFixed()}${decision.price.denom}`
    : `skip ${decision.reasons.map((r) => r.code).join(' ')}`;

const sameObjects = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);

export class DecisionJournal {
  readonly #clock: Clock;
  readonly #provider: string;
  readonly #last = new Map<string, LastAnswer>();
  #waiting: HistoryEntry[] = [];
  #dropped = 0;

  /** @param provider our address: bids of it that are taken are no loss */
  constructor(clock: Clock, provider: string) {
    this.#clock = clock;
    this.#provider = provider;
  }

  /**
   * Called for every decision, on the hot path: compares a few short texts and keeps references.
   * @param missing what the decision was made of beside the input
   */
  decided(input: DecideInput, decision: Decision, missing: readonly string[] = []): void {
    const path = formatOrderId(decision.orderId);
    const { policies, chain } = input;
    const answer = answerOf(decision);
    const last = this.#last.get(path);
    if (last?.answer === answer && sameObjects(last.policies, policies)) {
      last.times += 1;
      last.height = chain.height;
      return;
    }
    const atMs = this.#clock.now();
    if (last !== undefined) this.#tellAgain(last, atMs);
    const price = decision.type === 'bid' ? decision.price : undefined;
    const { orderId } = decision;
    const kept = { orderId, answer, policies, price, height: chain.height, times: 0, toldMs: atMs };
    // Set anew, so that the map is in the order of the last change.
    this.#last.delete(path);
    this.#last.set(path, kept);
    const oldest = this.#last.size > MOST_ORDERS ? this.#last.keys().next().value : undefined;
    if (oldest !== undefined) this.#last.delete(oldest);
    const entry: DecidedEntry = { type: 'decided', atMs, input, decision };
    this.#push(missing.length === 0 ? entry : { ...entry, missing });
  }

  /** What a block says of orders that were decided here: who got them, and which are gone. */
  onBlock({ events, height }: Block): void {
    for (const event of events) {
      if (event.type === 'lease-created') this.taken(event.id, event.price, height, undefined);
      else if (event.type === 'order-closed') this.#forget(formatOrderId(event.id));
    }
  }

  /**
   * The tenant took this bid of somebody else's. Orders that this process did not decide are told only with `ours`, the
   * price that lost.
   */
  taken(id: BidId, price: DecCoin, height: bigint, ours: DecCoin | undefined): void {
    const path = formatOrderId(orderIdOf(id));
    const last = this.#last.get(path);
    this.#forget(path);
    if (id.provider === this.#provider) return;
    const lost = ours ?? last?.price;
    if (last === undefined && lost === undefined) return;
    const entry = { type: 'taken' as const, atMs: this.#clock.now(), id, height, price };
    this.#push(lost === undefined ? entry : { ...entry, ours: lost });
  }

  /** The oldest entries that wait, taken out; repetitions that are due among them. */
  drain(most: number): readonly HistoryEntry[] {
    const now = this.#clock.now();
    for (const last of this.#last.values()) {
      if (last.times > 0 && now - last.toldMs >= AGAIN_EVERY_MS) this.#tellAgain(last, now);
    }
    return this.#waiting.splice(0, most);
  }

  /** Entries lost since the last call because nobody could write them. */
  dropped(): number {
    const count = this.#dropped;
    this.#dropped = 0;
    return count;
  }

  #forget(path: string): void {
    const last = this.#last.get(path);
    if (last === undefined) return;
    this.#tellAgain(last, this.#clock.now());
    this.#last.delete(path);
  }

  #tellAgain(last: LastAnswer, atMs: number): void {
    if (last.times === 0) return;
    const { orderId, height, times } = last;
    this.#push({ type: 'again', atMs, orderId, height, times });
    last.times = 0;
    last.toldMs = atMs;
  }

  #push(entry: HistoryEntry): void {
    this.#waiting.push(entry);
    if (this.#waiting.length <= MOST_WAITING) return;
    this.#waiting.shift();
    this.#dropped += 1;
  }
}
