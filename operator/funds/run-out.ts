/**
 * How long an escrow account lasts. Settlement on chain is lazy: an account that ran dry stays open, and its lease
 * unpaid, until somebody touches it, so the run-out height has to be computed here (real-node.md, "Money").
 */
import { Decimal, truncate } from '../../market/money.js';
import type { Lease } from '../../market/records.js';
import type { EscrowAccount } from '../../market/records.js';

const ZERO = new Decimal('0');

/** Funds of `denom` in the account as of its last settlement. */
export const fundsOf = (account: EscrowAccount, denom: string): Decimal =>
  account.funds.reduce((sum, c) => (c.denom === denom ? sum.plus(c.amount) : sum), ZERO);

/** What all payments of the deployment draw per block in `denom`. */
export const drawPerBlock = (leases: readonly Lease[], denom: string): Decimal =>
  leases.reduce((sum, l) => (l.price.denom === denom ? sum.plus(l.price.amount) : sum), ZERO);

/**
 * The first height at which the account can no longer pay a full block, or `undefined` when nothing is drawn from it.
 * @param leases every live lease of the deployment, of any provider: they share the account
 */
export const runOutHeight = (
  account: EscrowAccount,
  leases: readonly Lease[],
  denom: string,
): bigint | undefined => {
  const draw = drawPerBlock(leases, denom);
  if (draw.lte(ZERO)) return undefined;
  return account.settledAt + truncate(fundsOf(account, denom).div(draw)) + 1n;
};

/**
 * What one lease has earned up to `height`: paid out, settled, and accrued since the last settlement as far as the
 * account's funds reach (each lease gets its share of what is left).
 */
export const earnedAt = (
  lease: Lease,
  account: EscrowAccount,
  leases: readonly Lease[],
  height: bigint,
): Decimal => {
  const { payment, price } = lease;
  if (payment === undefined) return ZERO;
  const paid = new Decimal(payment.withdrawn.amount.toString()).plus(payment.balance.amount);
  const draw = drawPerBlock(leases, price.denom);
  if (height <= account.settledAt || draw.lte(ZERO)) return paid;
  const blocks = new Decimal((height - account.settledAt).toString());
  const affordable = fundsOf(account, price.denom).div(draw);
  return paid.plus(price.amount.times(blocks.lt(affordable) ? blocks : affordable));
};
