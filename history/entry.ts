/** What the decision history is told, and what it gives back: one order, one moment, one answer with all it was made of. */
import type { DecideInput, Decision } from '../bidengine/input.js';
import type { BidId, OrderId } from '../market/ids.js';
import type { DecCoin } from '../market/money.js';

/** A decision as it was made. */
export interface DecidedEntry {
  readonly type: 'decided';
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly input: DecideInput;
  readonly decision: Decision;
  /** What the decision was made of beside the input; left out for nothing. */
  readonly missing?: readonly string[] | undefined;
}

/** An order was decided again, with the same answer. */
export interface AgainEntry {
  readonly type: 'again';
  readonly atMs: number;
  readonly orderId: OrderId;
  readonly height: bigint;
  /** How often since the entry before. */
  readonly times: number;
}

/** A tenant took another provider's bid on an order that was decided here. */
export interface TakenEntry {
  readonly type: 'taken';
  readonly atMs: number;
  /** Of the bid that was taken. */
  readonly id: BidId;
  /** 0 when it was found by a listing that does not tell. */
  readonly height: bigint;
  /** Per block. */
  readonly price: DecCoin;
  /** Our own price per block, where we had a bid. */
  readonly ours?: DecCoin | undefined;
}

export type HistoryEntry = DecidedEntry | AgainEntry | TakenEntry;
