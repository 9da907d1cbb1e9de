/**
 * What a backtest replays: orders, when their tenants chose, up to which price a bid of ours would have been taken, and how
 * long the lease lived. Made of a recording (`from-order-book.ts`) or of a stated model (`synthetic.ts`); never both.
 */
import type { Decimal, DecCoin } from '../market/money.js';
import type { Order } from '../market/records.js';

/** The price up to which a bid of ours wins, per block in the order's denomination. */
export interface Limit {
  readonly amount: Decimal;
  /** Whether the limit itself still wins. */
  readonly inclusive: boolean;
}

/** One order of the scenario. */
export interface Demand {
  readonly order: Order;
  readonly openedAt: bigint;
  /** Height at which the tenant chose, or gave up. */
  readonly settledAt: bigint;
  /** `undefined`: no bid of ours would have been taken, or nobody can know. */
  readonly limit: Limit | undefined;
  /** What the tenant took, where it took something. */
  readonly winningPrice: DecCoin | undefined;
  /** How long the lease lived within the scenario, blocks; 0 without one. */
  readonly leaseBlocks: bigint;
}

export interface Scenario {
  readonly origin: 'recorded' | 'synthetic';
  /** For titles: where it comes from, in a few words. */
  readonly title: string;
  /** First and last height. */
  readonly from: bigint;
  readonly through: bigint;
  /** Block time at `from`, Unix milliseconds, and milliseconds per block. */
  readonly startMs: number;
  readonly blockTimeMs: number;
  /** In the order of `openedAt`. */
  readonly demands: readonly Demand[];
  /** Orders that are left out, and why, for the report. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Whether a bid at `amount` would have been taken. */
export const wins = ({ limit }: Demand, amount: Decimal): boolean =>
  limit !== undefined && (limit.inclusive ? amount.lte(limit.amount) : amount.lt(limit.amount));
