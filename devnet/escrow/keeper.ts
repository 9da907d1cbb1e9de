/**
 * Escrow: money set aside for bids and deployments, paid out block by block to leases. Lazy: nothing is settled until
 * somebody touches the account, and an account that has run dry stays open until then. Closing or overdrawing one
 * refunds what is left and tells deployment and market through the hooks.
 *
 * Two traits of node v2.1 are kept on purpose. Payments that are open are left out of a second settlement in the same
 * block, so a second withdrawal from one deployment in one block panics and a close in it leaves the payment open. And
 * the account is stored before its payments, which gives the recorded order of events when funds run out.
 */
import { panicked, refusal } from '../akash/registered-error.js';
import type { Context } from '../kernel/module.js';
import { ESCROW_ERRORS as E } from './errors.js';
import { collect, payOut, refund } from './money.js';
import type { DepositGrants, EscrowHooks, FallbackRate } from './ports.js';
import {
  State,
  type Account,
  type AccountId,
  type Deposit,
  type Payment,
  type PaymentId,
  type Purse,
} from './records.js';
import { settleAccount } from './settle-account.js';
import { findAccount, findPayment, formatPaymentId, putAccount, putPayment } from './store.js';

const requireAccount = (context: Context, id: AccountId): Account => {
  const account = findAccount(context, id);
  if (account === undefined) throw refusal(E.accountNotFound);
  return account;
};

const requirePayment = (context: Context, id: PaymentId): Payment => {
  const payment = findPayment(context, id);
  if (payment === undefined) throw refusal(E.paymentNotFound);
  return payment;
};

const isDone = (state: State): boolean => state === State.closed || state === State.overdrawn;

export class EscrowKeeper {
  readonly #hooks: EscrowHooks;
  readonly #grants: DepositGrants;
  readonly #fallback: FallbackRate;

  constructor(hooks: EscrowHooks, grants: DepositGrants, fallback: FallbackRate) {
    this.#hooks = hooks;
    this.#grants = grants;
    this.#fallback = fallback;
  }

  /** @throws AppError escrow/1 when there is one already, sdk/5 when a depositor has too little */
  createAccount(
    context: Context,
    id: AccountId,
    owner: string,
    deposits: readonly Deposit[],
  ): void {
    if (findAccount(context, id) !== undefined) throw refusal(E.accountExists);
    const account: Account = {
      id,
      owner,
      state: State.open,
      storedState: State.open,
      transferred: [],
      settledAt: context.height,
      funds: [],
      deposits: [],
    };
    collect(context, account, deposits);
    putAccount(context, account);
  }

  /** Adds money; an overdrawn account pays its arrears with it and, if they are covered, closes. */
  deposit(context: Context, id: AccountId, deposits: readonly Deposit[]): void {
    const account = requireAccount(context, id);
    if (account.state === State.closed) throw refusal(E.accountClosed);
    collect(context, account, deposits);
    if (account.state !== State.overdrawn) {
      putAccount(context, account);
      return;
    }
    const { payments, overdrawn } = settleAccount(context, account, this.#fallback);
    this.#closePayments(context, payments);
    if (!overdrawn) account.state = State.closed;
    this.#save(context, account, payments);
  }

  /** Settles, pays everybody out, refunds the rest. @throws AppError escrow/2, escrow/3 */
  closeAccount(context: Context, id: AccountId): void {
    const account = requireAccount(context, id);
    const { payments } = settleAccount(context, account, this.#fallback);
    if (account.state === State.open) account.state = State.closed;
    this.#closePayments(context, payments);
    this.#save(context, account, payments);
  }

  /** Starts paying `rate` per block to `owner`. @throws AppError escrow/2…9 */
  createPayment(context: Context, id: PaymentId, owner: string, rate: Readonly<Purse>): void {
    const account = requireAccount(context, id.account);
    const { payments, overdrawn } = settleAccount(context, account, this.#fallback);
    if (overdrawn) throw refusal(E.accountOverdrawn);
    if (!account.funds.some((funds) => funds.denom === rate.denom)) {
      throw refusal(E.invalidDenomination);
    }
    if (rate.amount === 0n) throw refusal(E.paymentRateZero);
    if (findPayment(context, id) !== undefined) throw refusal(E.paymentExists);
    this.#save(context, account, payments);
    const zero = { denom: rate.denom, amount: 0n };
    this.#savePayment(context, {
      id,
      owner,
      state: State.open,
      storedState: State.open,
      rate: { ...rate },
      balance: { ...zero },
      unsettled: { ...zero },
      withdrawn: 0n,
      dirty: true,
    });
  }

  /** Pays out what the payment has earned until now. @throws AppError escrow/2, 3, 7, 8 */
  withdraw(context: Context, id: PaymentId): void {
    const account = requireAccount(context, id.account);
    if (requirePayment(context, id).state !== State.open) throw refusal(E.paymentClosed);
    const { payments, overdrawn } = settleAccount(context, account, this.#fallback);
    if (!overdrawn) {
      const payment = payments.find((candidate) => candidate.id.xid === id.xid);
      if (payment === undefined) throw panicked(`couldn't find payment ${formatPaymentId(id)}`);
      payOut(context, payment);
    }
    this.#save(context, account, payments);
  }

  /** Pays out and ends the payment; the account goes on. @throws AppError escrow/2, 3, 7, 8 */
  closePayment(context: Context, id: PaymentId): void {
    const account = requireAccount(context, id.account);
    if (requirePayment(context, id).state === State.closed) throw refusal(E.paymentClosed);
    const { payments } = settleAccount(context, account, this.#fallback);
    for (const payment of payments) payment.dirty = true;
    this.#closePayments(
      context,
      payments.filter((payment) => payment.id.xid === id.xid),
    );
    this.#save(context, account, payments);
  }

  #closePayments(context: Context, payments: readonly Payment[]): void {
    for (const payment of payments) {
      payment.dirty = true;
      if (payment.state === State.open) payment.state = State.closed;
      payOut(context, payment);
    }
  }

  #save(context: Context, account: Account, payments: readonly Payment[]): void {
    this.#saveAccount(context, account);
    for (const payment of payments) {
      if (payment.dirty) this.#savePayment(context, payment);
    }
  }

  #saveAccount(context: Context, account: Account): void {
    if (isDone(account.state)) refund(context, account, this.#grants);
    putAccount(context, account);
    if (isDone(account.state)) this.#hooks.onAccountClosed(context, account);
  }

  #savePayment(context: Context, payment: Payment): void {
    putPayment(context, payment);
    if (isDone(payment.state)) this.#hooks.onPaymentClosed(context, payment);
  }
}
