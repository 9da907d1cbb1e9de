/**
 * What a lease was paid against what it is owed (limits-and-threats.md, I8): withdrawn + settled + accrued must be rate ×
 * blocks. Rates are per block, so a halted chain adds to neither side.
 */
import { Decimal, truncate } from '../../market/money.js';
import type { EscrowAccount, Lease } from '../../market/records.js';
import { earnedAt } from './run-out.js';

export interface Reconciled {
  /** rate × blocks since the lease began, whole uact. */
  readonly owedUact: bigint;
  /** Owed and neither paid out, settled nor covered by the account, whole uact; 0 while all is well. */
  readonly missingUact: bigint;
}

const whole = (n: bigint): Decimal => new Decimal(n.toString());

/** Of what is owed, what cutting to whole units may cost before it is worth telling. */
const CUT_SHARE = new Decimal('0.001');

/** Compares both sides at `height`. A block's rate, and a thousandth where settlements cut fractions, count as equal. */
export const reconcile = (
  lease: Lease,
  account: EscrowAccount,
  sharing: readonly Lease[],
  height: bigint,
): Reconciled => {
  const { amount: rate } = lease.payment?.rate ?? lease.price;
  const blocks = height > lease.createdAt ? height - lease.createdAt : 0n;
  const owed = rate.times(whole(blocks));
  const missing = owed.minus(earnedAt(lease, account, sharing, height));
  const cuts = rate.eq(rate.round(0, 0)) ? new Decimal('0') : owed.times(CUT_SHARE);
  return {
    owedUact: truncate(owed),
    missingUact: missing.lte(rate.plus(cuts)) ? 0n : truncate(missing),
  };
};
