/**
 * What bidding has spent, recounted before every cycle from what survives a restart: our bids on chain, and the ledger of fees.
 * The bids are a floor under the ledger, so that losing its object does not give the budget anew.
 */
import type { BudgetLimits, BudgetState, Spent } from '../../bidengine/budget.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import type { Bid } from '../../market/records.js';
import type { Fees } from './fee-ledger.js';

export interface SpendingFacts {
  /** Our bids as the chain has them, whatever became of them. */
  readonly bids: readonly Bid[];
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

export const budgetState = (limits: BudgetLimits, facts: SpendingFacts): BudgetState => {
  const { bids, fees, height, blockTimeMs, feeUakt, deposit } = facts;
  const since = (ms: number, ledgerUakt: bigint): Spent => {
    const oldest = height - BigInt(Math.ceil(ms / Math.max(1, blockTimeMs)));
    const made = BigInt(bids.filter((b) => b.createdAt > oldest).length);
    const floor = made * feeUakt;
    return { feesUakt: ledgerUakt > floor ? ledgerUakt : floor, deposits: made * deposit };
  };
  const standing = bids.filter((b) => b.state === 'open' || b.state === 'active').length;
  return {
    limits,
    hour: since(HOUR_MS, fees.hourUakt),
    day: since(DAY_MS, fees.dayUakt),
    depositsAtRisk: BigInt(standing) * deposit,
  };
};
