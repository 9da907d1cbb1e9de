/**
 * What bidding has spent, recounted before every cycle from what survives a restart: our bids on chain, our Bid objects (which
 * outlive a bid by a day), and the ledger of fees. The bids are a floor under the ledger, so that losing its object does not
 * give the budget anew.
 */
import type { BudgetLimits, BudgetState, Spent } from '../../bidengine/budget.js';
import type { Bid as BidObject, ComputeProvider } from '../../crds/generated/types.js';
import { formatOrderId, orderIdOf } from '../../market/ids.js';
import type { Bid } from '../../market/records.js';
import type { Fees } from './fee-ledger.js';

export interface SpendingFacts {
  /** Heights of the blocks that took our bids, whatever became of them. */
  readonly madeAt: readonly bigint[];
  /** Bids that lock their deposit now: open ones and won ones. */
  readonly standing: number;
  readonly fees: Fees;
  readonly height: bigint;
  readonly blockTimeMs: number;
  /** Of one bid: what it pays at most, and what it locks. */
  readonly feeUakt: bigint;
  readonly deposit: bigint;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const amount = (text: string | undefined): bigint | undefined =>
  text === undefined ? undefined : BigInt(text);

/** The budget of a ComputeProvider. */
export const limitsOf = (budgets: ComputeProvider['spec']['budgets']): BudgetLimits => ({
  feesPerHourUakt: amount(budgets.feesUaktPerHour),
  feesPerDayUakt: amount(budgets.feesUaktPerDay),
  depositsPerHour: amount(budgets.depositsUaktPerHour),
  depositsPerDay: amount(budgets.depositsUaktPerDay),
  depositsAtRisk: amount(budgets.depositsUakt),
});

/** Heights at which the bids of Bid objects landed, by order path. */
export const landedBids = (records: readonly BidObject[]): ReadonlyMap<string, bigint> =>
  new Map(
    records.flatMap(({ spec, status }) =>
      status?.height === undefined || status.state === 'Failed'
        ? []
        : [[spec.order, BigInt(status.height)] as const],
    ),
  );

/** @param landed as {@link landedBids} gives them; `bids`, as the chain has them, count before it */
export const madeAt = (
  landed: ReadonlyMap<string, bigint>,
  bids: readonly Bid[],
): readonly bigint[] => {
  const heights = new Map(landed);
  for (const bid of bids) heights.set(formatOrderId(orderIdOf(bid.id)), bid.createdAt);
  return [...heights.values()];
};

export const budgetState = (limits: BudgetLimits, facts: SpendingFacts): BudgetState => {
  const { madeAt, standing, fees, height, blockTimeMs, feeUakt, deposit } = facts;
  const since = (ms: number, ledgerUakt: bigint): Spent => {
    const oldest = height - BigInt(Math.ceil(ms / Math.max(1, blockTimeMs)));
    const made = BigInt(madeAt.filter((h) => h > oldest).length);
    const floor = made * feeUakt;
    return { feesUakt: ledgerUakt > floor ? ledgerUakt : floor, deposits: made * deposit };
  };
  return {
    limits,
    hour: since(HOUR_MS, fees.hourUakt),
    day: since(DAY_MS, fees.dayUakt),
    depositsAtRisk: BigInt(standing) * deposit,
  };
};
