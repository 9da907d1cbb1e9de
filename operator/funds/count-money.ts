/** From an escrow account as read to what each of our leases on it has earned, how long it lasts, and when it is due. Pure. */
import { Decimal, truncate } from '../../market/money.js';
import type { Lease } from '../../market/records.js';
import type { AccountView } from './escrow-accounts.js';
import type { LeaseMoney } from './funds-book.js';
import { reconcile } from './reconcile.js';
import { earnedAt, fundsOf, runOutOf } from './run-out.js';
import type { RunOut } from './run-out.js';
import type { LeaseFunds } from './withdrawal-plan.js';
import { withdrawalPeriodBlocks } from './withdrawal-rhythm.js';
import type { RhythmTerms } from './withdrawal-rhythm.js';

/** On which terms money is counted now. */
export interface CountTerms {
  /** Newest height and its time, Unix milliseconds. */
  readonly height: bigint;
  readonly timeMs: number;
  /** Blocks before the run-out from which the tenant is warned. */
  readonly warnBlocks: bigint;
  /** Below this a periodic withdrawal waits, whole uact. */
  readonly minWithdrawUact: bigint;
  readonly rhythm: RhythmTerms;
  /** See {@link runOutOf}. */
  readonly uaktUsdWhileHalted: Decimal | undefined;
}

/** A lease's money in both forms: for its status, and for planning. */
export interface CountedMoney {
  readonly lease: Lease;
  readonly money: LeaseMoney;
  readonly funds: LeaseFunds;
}

const outlookOf = (runOut: RunOut | undefined, terms: CountTerms): LeaseMoney['outlook'] => {
  if (runOut === undefined) return 'Lasts';
  if (runOut.height <= terms.height + 1n) return 'Empty';
  return runOut.height <= terms.height + terms.warnBlocks ? 'RunningOut' : 'Lasts';
};

const timeOf = (height: bigint, terms: CountTerms): string | undefined => {
  const ms = terms.timeMs + Number(height - terms.height) * terms.rhythm.blockTimeMs;
  // Further away than a date can be written: nothing that anybody needs to know.
  return ms < 8.64e15 ? new Date(ms).toISOString() : undefined;
};

/** The first height at which the rhythm is over and the least amount has accrued. */
const dueHeight = (
  rate: Decimal,
  withdrawable: bigint,
  lastWithdrawal: bigint,
  terms: CountTerms,
): bigint => {
  const rhythmic = lastWithdrawal + withdrawalPeriodBlocks(rate, terms.rhythm);
  const short = terms.minWithdrawUact - withdrawable;
  if (short <= 0n || rate.lte(new Decimal('0'))) return rhythmic;
  const enough = terms.height + truncate(new Decimal(short.toString()).div(rate)) + 1n;
  return enough > rhythmic ? enough : rhythmic;
};

/** Counts every lease of ours on one account. @param lastWithdrawalOf height of the last one, or of the lease's start */
export const countMoney = (
  { account, sharing, own }: AccountView,
  terms: CountTerms,
  lastWithdrawalOf: (lease: Lease) => bigint,
): readonly CountedMoney[] => {
  const runOut = runOutOf(account, sharing, terms.uaktUsdWhileHalted);
  const runOutAt = runOut === undefined ? undefined : timeOf(runOut.height, terms);
  return own.map((lease) => {
    const rate = lease.payment?.rate ?? lease.price;
    const earned = truncate(earnedAt(lease, account, sharing, terms.height));
    const withdrawn = lease.payment?.withdrawn.amount ?? 0n;
    const lastWithdrawalHeight = lastWithdrawalOf(lease);
    const uakt = truncate(fundsOf(account, 'uakt'));
    return {
      lease,
      money: {
        earnedUact: earned.toString(),
        withdrawnUact: withdrawn.toString(),
        escrow: {
          balanceUact: truncate(fundsOf(account, rate.denom)).toString(),
          ...(uakt > 0n ? { fallbackUakt: uakt.toString() } : {}),
          ...(runOut === undefined ? {} : { runOutHeight: runOut.height.toString() }),
          ...(runOutAt === undefined ? {} : { runOutAt }),
        },
        outlook: outlookOf(runOut, terms),
        runOutHeight: runOut?.height,
        missingUact: reconcile(lease, account, sharing, terms.height).missingUact,
      },
      funds: {
        id: lease.id,
        lastWithdrawalHeight,
        runOut,
        sharing: sharing.length,
        dueHeight: dueHeight(rate.amount, earned - withdrawn, lastWithdrawalHeight, terms),
      },
    };
  });
};
