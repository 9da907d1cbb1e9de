/** The spending guard: what bidding has cost lately and has locked, against what the operator allows. Pure. */
import type { Reason } from '../market/reasons.js';
import { reason } from './reasons.js';

/** Fees in uakt; deposits in the smallest unit of the coin they are paid in. */
export interface Spent {
  readonly feesUakt: bigint;
  readonly deposits: bigint;
}

/** Each `undefined` for no limit. */
export interface BudgetLimits {
  readonly feesPerHourUakt: bigint | undefined;
  readonly feesPerDayUakt: bigint | undefined;
  readonly depositsPerHour: bigint | undefined;
  readonly depositsPerDay: bigint | undefined;
  readonly depositsAtRisk: bigint | undefined;
}

/** What is known of spending before a run of decisions. */
export interface BudgetState {
  readonly limits: BudgetLimits;
  /** Within the last hour, and the last day, everything that is in a block. */
  readonly hour: Spent;
  readonly day: Spent;
  /** Locked by bids that stand. */
  readonly depositsAtRisk: bigint;
}

/** The same for one decision. */
export interface Budget extends BudgetState {
  /** Of bids that are on their way and in none of the figures above. */
  readonly underway: Spent;
  /** Of the bid that is decided on, at most. */
  readonly next: Spent;
}

export const NO_LIMITS: BudgetLimits = {
  feesPerHourUakt: undefined,
  feesPerDayUakt: undefined,
  depositsPerHour: undefined,
  depositsPerDay: undefined,
  depositsAtRisk: undefined,
};

type BudgetCode = Parameters<typeof reason>[0];

/** The first limit that one more bid would break, or `undefined`. The message says when it is decided again. */
export const budgetFault = (budget: Budget): Reason | undefined => {
  const { limits, hour, day, depositsAtRisk, underway, next } = budget;
  const fees = underway.feesUakt + next.feesUakt;
  const deposits = underway.deposits + next.deposits;
  const lines: readonly (readonly [
    BudgetCode,
    bigint | undefined,
    bigint,
    bigint,
    string,
    string,
  ])[] = [
    [
      'FeesPerHourReached',
      limits.feesPerHourUakt,
      hour.feesUakt,
      fees,
      'fees of the last hour',
      'feesUaktPerHour',
    ],
    [
      'FeesPerDayReached',
      limits.feesPerDayUakt,
      day.feesUakt,
      fees,
      'fees of the last day',
      'feesUaktPerDay',
    ],
    [
      'DepositsPerHourReached',
      limits.depositsPerHour,
      hour.deposits,
      deposits,
      'deposits of the last hour',
      'depositsUaktPerHour',
    ],
    [
      'DepositsPerDayReached',
      limits.depositsPerDay,
      day.deposits,
      deposits,
      'deposits of the last day',
      'depositsUaktPerDay',
    ],
    [
      'DepositsAtRiskReached',
      limits.depositsAtRisk,
      depositsAtRisk,
      deposits,
      'deposits of standing bids',
      'depositsUakt',
    ],
  ];
  for (const [code, limit, spent, more, what, field] of lines) {
    if (limit === undefined || spent + more <= limit) continue;
    return reason(
      code,
      `the ${what} are ${spent} and this bid, with those on their way, would add ${more}; the budget is ${limit}`,
      `spec.budgets.${field}`,
    );
  }
  return undefined;
};
