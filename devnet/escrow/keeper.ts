/**
 * Escrow: money set aside for bids and deployments, paid out block by block to leases. Lazy: nothing is settled until
 * somebody touches the account, and an account that has run dry stays open until then. Closing or overdrawing one
 * refunds what is left and tells deployment and market through the hooks.
 *
 * Two traits of node v2.1 are kept on purpose. Payments that are open are left out of a second settlement in the same
 * block, so a second withdrawal from one deployment in one block panics and a close in it leaves the payment open. And
 * the account is stored before its payments, which gives the recorded order of events when funds run out.
 */
import { UAKT } from '../akash/coins.js';
import { divide, fromWhole, multiply, truncateToWhole } from '../akash/dec.js';
import { panicked, refusal } from '../akash/registered-error.js';
import { sendCoins } from '../bank/keeper.js';
import { moduleAddress } from '../bank/module-address.js';
import type { Context } from '../kernel/module.js';
import { restoreGrant } from './deposits.js';
import { ESCROW_ERRORS as E } from './errors.js';
import type { DepositGrants, EscrowHooks, FallbackRate } from './ports.js';
import {
  Source,
  State,
  type Account,
  type AccountId,
  type Deposit,
  type Payment,
  type PaymentId,
  type Purse,
} from './records.js';
import { deduct, settleBlocks } from './settle.js';
import {
  accountPayments,
  findAccount,
  findPayment,
  formatPaymentId,
  putAccount,
  putPayment,
} from './store.js';

/** The account of the escrow module, which holds all deposits. */
export const ESCROW_ADDRESS = moduleAddress('escrow');

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

/** Pays out whole units of what the payment has earned. */
const payOut = (context: Context, payment: Payment): void => {
  const earnings = truncateToWhole(payment.balance.amount);
  if (earnings === 0n) return;
  sendCoins(context, ESCROW_ADDRESS, payment.owner, [
    { denom: payment.balance.denom, amount: earnings },
  ]);
  payment.withdrawn += earnings;
  payment.balance.amount -= fromWhole(earnings);
  payment.dirty = true;
};

const purseOf = (purses: Purse[], denom: string): Purse => {
  let purse = purses.find((candidate) => candidate.denom === denom);
  if (purse === undefined) {
    purse = { denom, amount: 0n };
    purses.push(purse);
  }
  return purse;
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
    this.#collect(context, account, deposits);
    putAccount(context, account);
  }

  /** Adds money; an overdrawn account pays its arrears with it and, if they are covered, closes. */
  deposit(context: Context, id: AccountId, deposits: readonly Deposit[]): void {
    const account = requireAccount(context, id);
    if (account.state === State.closed) throw refusal(E.accountClosed);
    this.#collect(context, account, deposits);
    if (account.state !== State.overdrawn) {
      putAccount(context, account);
      return;
    }
    const { payments, overdrawn } = this.#settle(context, account);
    this.#closePayments(context, payments);
    if (!overdrawn) account.state = State.closed;
    this.#save(context, account, payments);
  }

  /** Settles, pays everybody out, refunds the rest. @throws AppError escrow/2, escrow/3 */
  closeAccount(context: Context, id: AccountId): void {
    const account = requireAccount(context, id);
    const { payments } = this.#settle(context, account);
    if (account.state === State.open) account.state = State.closed;
    this.#closePayments(context, payments);
    this.#save(context, account, payments);
  }

  /** Starts paying `rate` per block to `owner`. @throws AppError escrow/2…9 */
  createPayment(context: Context, id: PaymentId, owner: string, rate: Readonly<Purse>): void {
    const account = requireAccount(context, id.account);
    const { payments, overdrawn } = this.#settle(context, account);
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
    const { payments, overdrawn } = this.#settle(context, account);
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
    const { payments } = this.#settle(context, account);
    for (const payment of payments) payment.dirty = true;
    this.#closePayments(
      context,
      payments.filter((payment) => payment.id.xid === id.xid),
    );
    this.#save(context, account, payments);
  }

  #collect(context: Context, account: Account, deposits: readonly Deposit[]): void {
    for (const deposit of deposits) {
      const { denom, amount } = deposit.balance;
      const funds = purseOf(account.funds, denom);
      purseOf(account.transferred, denom);
      if (funds.amount < 0n) funds.amount = 0n;
      sendCoins(context, deposit.owner, ESCROW_ADDRESS, [
        { denom, amount: truncateToWhole(amount) },
      ]);
      funds.amount += amount;
      account.deposits.push({ ...deposit, balance: { ...deposit.balance } });
    }
  }

  #settle(context: Context, account: Account): { payments: Payment[]; overdrawn: boolean } {
    if (account.state === State.closed) throw refusal(E.accountClosed);
    if ((account.funds[0]?.amount ?? 0n) < 0n) return { payments: [], overdrawn: true };
    let blocks = 0n;
    if (account.state !== State.overdrawn) {
      blocks = context.height - account.settledAt;
      account.settledAt = context.height;
    }
    const states = blocks === 0n ? [State.overdrawn] : [State.overdrawn, State.open];
    const payments = accountPayments(context, account.id, states);
    if (payments.length === 0 || !settleBlocks(account, payments, blocks)) {
      return { payments, overdrawn: false };
    }
    this.#payFromFallback(context, account, payments);
    if (!payments.some((payment) => payment.state === State.overdrawn)) {
      return { payments, overdrawn: false };
    }
    account.state = State.overdrawn;
    for (const payment of payments) {
      payment.state = State.overdrawn;
      payment.dirty = true;
      payOut(context, payment);
    }
    return { payments, overdrawn: true };
  }

  /** Pays arrears in uakt while minting is halted; what uakt covers is no longer owed in uact. */
  #payFromFallback(context: Context, account: Account, payments: readonly Payment[]): void {
    const funds = account.funds.find((purse) => purse.denom === UAKT);
    if (funds === undefined || funds.amount <= 0n) return;
    const price = this.#fallback.aktPriceWhileHalted(context);
    if (price === undefined || price <= 0n) return;
    for (const payment of payments) {
      if (payment.state !== State.overdrawn || payment.unsettled.amount === 0n) continue;
      const { taken, short } = deduct(account, UAKT, divide(payment.unsettled.amount, price));
      if (taken === 0n) continue;
      if (short) funds.amount = 0n;
      const amount = truncateToWhole(taken);
      if (amount > 0n) {
        sendCoins(context, ESCROW_ADDRESS, payment.owner, [{ denom: UAKT, amount }]);
      }
      payment.unsettled.amount -= multiply(taken, price);
      if (payment.unsettled.amount <= 0n) {
        payment.unsettled.amount = 0n;
        payment.state = State.open;
      }
      if (short) break;
    }
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
    if (isDone(account.state)) this.#refund(context, account);
    putAccount(context, account);
    if (isDone(account.state)) this.#hooks.onAccountClosed(context, account);
  }

  #savePayment(context: Context, payment: Payment): void {
    putPayment(context, payment);
    if (isDone(payment.state)) this.#hooks.onPaymentClosed(context, payment);
  }

  #refund(context: Context, account: Account): void {
    for (const { owner, source, balance } of account.deposits) {
      const coin = { denom: balance.denom, amount: truncateToWhole(balance.amount) };
      sendCoins(context, ESCROW_ADDRESS, owner, [coin]);
      if (source === Source.grant) restoreGrant(context, this.#grants, account.owner, owner, coin);
      purseOf(account.funds, balance.denom).amount -= balance.amount;
    }
    account.deposits = [];
  }
}
