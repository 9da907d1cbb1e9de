/**
 * How long an escrow account lasts. Settlement on chain is lazy: an account that ran dry stays open, and its leases
 * unpaid, until somebody touches it, so the run-out height has to be computed here (real-node.md, "Money").
 * Everything is counted in blocks: a chain that halts pays nothing and owes nothing, however long it takes.
 */
import { Decimal, truncate } from '../../market/money.js';
import type { EscrowAccount, Lease } from '../../market/records.js';

const ZERO = new Decimal('0');
const UACT = 'uact';
const UAKT = 'uakt';

/** Funds of `denom` in the account as of its last settlement; 0 when overdrawn. */
export const fundsOf = (account: EscrowAccount, denom: string): Decimal => {
  const sum = account.funds.reduce((s, c) => (c.denom === denom ? s.plus(c.amount) : s), ZERO);
  return sum.lt(ZERO) ? ZERO : sum;
};

/** What one lease draws from the account per block. */
const rateOf = (lease: Lease): Lease['price'] => lease.payment?.rate ?? lease.price;

const ratesIn = (leases: readonly Lease[], denom: string): readonly Decimal[] =>
  leases
    .map(rateOf)
    .filter((rate) => rate.denom === denom && rate.amount.gt(ZERO))
    .map((rate) => rate.amount);

const whole = (n: bigint): Decimal => new Decimal(n.toString());

/**
 * For how many blocks `funds` pay all `rates` in full. A settlement cuts what each payment is due to whole units (node
 * x/escrow, AccountSettle), so it is the greatest n with Σ floor(rate · n) ≤ funds. `undefined` when nothing is drawn.
 */
export const payableBlocks = (funds: Decimal, rates: readonly Decimal[]): bigint | undefined => {
  const draw = rates.reduce((sum, rate) => sum.plus(rate), ZERO);
  if (draw.lte(ZERO)) return undefined;
  const due = (n: bigint): Decimal =>
    rates.reduce((sum, rate) => sum.plus(whole(truncate(rate.times(whole(n))))), ZERO);
  let paid = truncate(funds.div(draw));
  let unpaid = truncate(funds.plus(whole(BigInt(rates.length))).div(draw)) + 1n;
  while (unpaid - paid > 1n) {
    const middle = (paid + unpaid) / 2n;
    if (due(middle).lte(funds)) paid = middle;
    else unpaid = middle;
  }
  return paid;
};

/** When an account can pay no longer. Both heights are the first that is not paid in full. */
export interface RunOut {
  /** From the denominations that the leases are priced in alone. */
  readonly ownFundsHeight: bigint;
  /** With what the chain lets stand in for uact; the same where nothing does. */
  readonly height: bigint;
}

/**
 * When the account can pay no longer; `undefined` when nothing draws on it. An account that is short in one denomination is
 * overdrawn as a whole, so with two of them the sooner one counts.
 * @param leases every live lease of the deployment, of any provider: they share the account
 * @param uaktUsd USD for one AKT while minting is halted, when uakt in the account pays in the place of uact; else `undefined`
 */
export const runOutOf = (
  account: EscrowAccount,
  leases: readonly Lease[],
  uaktUsd: Decimal | undefined,
): RunOut | undefined => {
  const denoms = [...new Set(leases.map((l) => rateOf(l).denom))];
  const heightWith = (extraUact: Decimal): bigint | undefined =>
    denoms
      .map((denom) => {
        const own = fundsOf(account, denom);
        return payableBlocks(denom === UACT ? own.plus(extraUact) : own, ratesIn(leases, denom));
      })
      .reduce((least, n) => (least === undefined || (n !== undefined && n < least) ? n : least));
  const own = denoms.length === 0 ? undefined : heightWith(ZERO);
  if (own === undefined) return undefined;
  const ownFundsHeight = account.settledAt + own + 1n;
  if (uaktUsd === undefined || denoms.includes(UAKT)) {
    return { ownFundsHeight, height: ownFundsHeight };
  }
  const extended = heightWith(fundsOf(account, UAKT).times(uaktUsd)) ?? own;
  return { ownFundsHeight, height: account.settledAt + extended + 1n };
};

/**
 * What one lease has earned up to `height`: paid out, settled, and accrued since the last settlement as far as the
 * account's funds reach.
 */
export const earnedAt = (
  lease: Lease,
  account: EscrowAccount,
  leases: readonly Lease[],
  height: bigint,
): Decimal => {
  const { payment } = lease;
  if (payment === undefined) return ZERO;
  const paid = whole(payment.withdrawn.amount).plus(payment.balance.amount);
  const { denom, amount } = payment.rate;
  const affordable = payableBlocks(fundsOf(account, denom), ratesIn(leases, denom));
  if (height <= account.settledAt || affordable === undefined) return paid;
  const blocks = height - account.settledAt;
  return paid.plus(amount.times(whole(blocks < affordable ? blocks : affordable)));
};
