/** Which leases to withdraw from now. Pure: heights in, decisions with reasons out. */
import { formatDeploymentId, formatLeaseId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';

/** What is known of one live lease's money. */
export interface LeaseFunds {
  readonly id: LeaseId;
  /** Height of the last withdrawal, or of the lease's start. */
  readonly lastWithdrawalHeight: bigint;
  /** First height the escrow cannot pay, `undefined` when unknown. */
  readonly runOutHeight: bigint | undefined;
  /** Settled and accrued, not yet paid out, whole uact. */
  readonly withdrawableUact: bigint;
}

export interface WithdrawalPolicy {
  /** Blocks between withdrawals of one lease. */
  readonly periodBlocks: bigint;
  /** How many blocks before the escrow runs dry to withdraw regardless. */
  readonly runOutMarginBlocks: bigint;
  /** Below this a periodic withdrawal is not worth its fee, whole uact. */
  readonly minWithdrawUact: bigint;
}

export type WithdrawalCause = 'Periodic' | 'RunningOut' | 'RanOut';

export interface PlannedWithdrawal {
  readonly id: LeaseId;
  readonly cause: WithdrawalCause;
}

const causeOf = (
  lease: LeaseFunds,
  height: bigint,
  policy: WithdrawalPolicy,
): WithdrawalCause | undefined => {
  const { runOutHeight, lastWithdrawalHeight } = lease;
  if (runOutHeight !== undefined) {
    // An empty account is settled, and its lease ended, only when somebody touches it: that is us.
    if (height >= runOutHeight) return 'RanOut';
    const marginStart = runOutHeight - policy.runOutMarginBlocks;
    if (height >= marginStart && lastWithdrawalHeight < marginStart) return 'RunningOut';
  }
  const due = height - lastWithdrawalHeight >= policy.periodBlocks;
  return due && lease.withdrawableUact >= policy.minWithdrawUact ? 'Periodic' : undefined;
};

/**
 * Due withdrawals in a stable order, so that a retried batch holds the same messages. Of several leases of one deployment only
 * the first is named: the chain refuses a second withdrawal from one escrow account in a block; the others are due next time.
 */
export const planWithdrawals = (
  leases: readonly LeaseFunds[],
  height: bigint,
  policy: WithdrawalPolicy,
): readonly PlannedWithdrawal[] =>
  oncePerDeployment(
    leases
      .flatMap((lease) => {
        const cause = causeOf(lease, height, policy);
        return cause === undefined ? [] : [{ id: lease.id, cause }];
      })
      .sort((a, b) => (formatLeaseId(a.id) < formatLeaseId(b.id) ? -1 : 1)),
  );

const oncePerDeployment = (planned: readonly PlannedWithdrawal[]): readonly PlannedWithdrawal[] => {
  const seen = new Set<string>();
  return planned.filter(({ id }) => {
    const deployment = formatDeploymentId(id);
    if (seen.has(deployment)) return false;
    seen.add(deployment);
    return true;
  });
};
