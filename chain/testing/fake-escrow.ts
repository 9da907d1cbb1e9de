/** The escrow rules of the fake market: lazy settlement, whole units, one settlement per account and block, overdraft. */
import { Decimal, truncate } from '../../market/money.js';
import type { EscrowAccount, EscrowPayment, Lease } from '../../market/records.js';

/** A lease that draws on an account. */
export type PayingLease = Lease & { readonly payment: EscrowPayment };

export interface Settled {
  readonly account: EscrowAccount;
  /** The same leases with what they were paid; all overdrawn and paid out when the account ran dry. */
  readonly leases: readonly PayingLease[];
  readonly overdrawn: boolean;
}

const whole = (n: bigint): Decimal => new Decimal(n.toString());
const ZERO = new Decimal('0');

/** Moves whole units of what a payment holds to its owner. */
export const payOut = (lease: PayingLease): PayingLease => {
  const { balance, withdrawn } = lease.payment;
  const amount = truncate(balance.amount);
  return {
    ...lease,
    payment: {
      ...lease.payment,
      balance: { ...balance, amount: balance.amount.minus(whole(amount)) },
      withdrawn: { ...withdrawn, amount: withdrawn.amount + amount },
    },
  };
};

/** Pays `leases` for the blocks since the account was last settled. */
export const settle = (
  account: EscrowAccount,
  leases: readonly PayingLease[],
  height: bigint,
): Settled => {
  const blocks = whole(height - account.settledAt);
  const funds = new Map(account.funds.map((f) => [f.denom, f.amount]));
  let shortfall = ZERO;
  const paid = leases.map((lease): PayingLease => {
    const { rate, balance } = lease.payment;
    const due = whole(truncate(rate.amount.times(blocks)));
    const left = funds.get(rate.denom) ?? ZERO;
    const taken = due.lte(left) ? due : left;
    funds.set(rate.denom, left.minus(taken));
    shortfall = shortfall.plus(due.minus(taken));
    return {
      ...lease,
      payment: {
        ...lease.payment,
        balance: { ...balance, amount: balance.amount.plus(taken) },
        unsettled: { ...balance, amount: due.minus(taken) },
      },
    };
  });
  const overdrawn = shortfall.gt(ZERO);
  return {
    account: {
      ...account,
      state: overdrawn ? 'overdrawn' : account.state,
      settledAt: height,
      funds: Array.from(funds, ([denom, amount]) => ({ denom, amount })),
    },
    leases: overdrawn
      ? paid.map(payOut).map((l) => ({ ...l, payment: { ...l.payment, state: 'overdrawn' } }))
      : paid,
    overdrawn,
  };
};
