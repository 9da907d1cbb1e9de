/** Which leases to withdraw from now. Pure: heights in, decisions with reasons out. */
import { formatDeploymentId, formatLeaseId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';
import type { RunOut } from './run-out.js';

/** What planning needs to know of one live lease's money. */
export interface LeaseFunds {
  readonly id: LeaseId;
  /** Height of the last withdrawal, or of the lease's start. */
  readonly lastWithdrawalHeight: bigint;
  /** `undefined` when nothing draws on the account. */
  readonly runOut: RunOut | undefined;
  /** From this height on the rhythm wants a withdrawal. */
  readonly dueHeight: bigint;
  /** Live leases on the same escrow account, this one included. */
  readonly sharing: number;
}

/**
 * `Periodic`: the rhythm. `RunningOut`: some blocks before the account is empty. `RanOut`: it cannot pay the next block; the
 * chain ends the lease only when somebody touches it, and that is us.
 */
export type WithdrawalCause = 'Periodic' | 'RunningOut' | 'RanOut';

export interface PlannedWithdrawal {
  readonly id: LeaseId;
  readonly sharing: number;
  readonly cause: WithdrawalCause;
}

/** @param next the block that a transaction sent now can be in */
const causeOf = (
  { runOut, lastWithdrawalHeight, dueHeight }: LeaseFunds,
  next: bigint,
  marginBlocks: bigint,
): WithdrawalCause | undefined => {
  if (runOut !== undefined) {
    if (next >= runOut.height) return 'RanOut';
    // What stands in for uact pays the arrears of one settlement only: a touch before its end would waste the rest.
    if (next >= runOut.ownFundsHeight) return undefined;
    const margin = runOut.ownFundsHeight - marginBlocks;
    if (next >= margin && lastWithdrawalHeight < margin) return 'RunningOut';
  }
  return next >= dueHeight ? 'Periodic' : undefined;
};

const URGENCY: readonly WithdrawalCause[] = ['RanOut', 'RunningOut', 'Periodic'];

const byPath = (a: PlannedWithdrawal, b: PlannedWithdrawal): number =>
  formatLeaseId(a.id) < formatLeaseId(b.id) ? -1 : 1;

/**
 * Withdrawals to send now, in a stable order, the urgent ones first. Of several leases of one deployment only the first is
 * named: the chain refuses a second withdrawal from one escrow account in a block; the others are due next time.
 * @param height newest block; a withdrawal lands in the next one at the earliest
 * @param marginBlocks how many blocks before the account is empty to withdraw regardless of the rhythm
 */
export const planWithdrawals = (
  leases: readonly LeaseFunds[],
  height: bigint,
  marginBlocks: bigint,
): readonly PlannedWithdrawal[] => {
  const due = leases.flatMap((lease) => {
    const cause = causeOf(lease, height + 1n, marginBlocks);
    return cause === undefined ? [] : [{ id: lease.id, sharing: lease.sharing, cause }];
  });
  due.sort((a, b) => URGENCY.indexOf(a.cause) - URGENCY.indexOf(b.cause) || byPath(a, b));
  return oncePerDeployment(due);
};

const oncePerDeployment = (planned: readonly PlannedWithdrawal[]): readonly PlannedWithdrawal[] => {
  const seen = new Set<string>();
  return planned.filter(({ id }) => {
    const deployment = formatDeploymentId(id);
    if (seen.has(deployment)) return false;
    seen.add(deployment);
    return true;
  });
};
