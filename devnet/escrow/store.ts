/**
 * Where accounts and payments lie. As on the real node the state is part of the key, so a change of state moves the
 * entry, finding one tries open, closed and overdrawn in that order, and lists come ordered by state, then id.
 */
import type { Context } from '../kernel/module.js';
import {
  Scope,
  State,
  decodeAccount,
  decodePayment,
  encodeAccount,
  encodePayment,
  type Account,
  type AccountId,
  type Payment,
  type PaymentId,
} from './records.js';

/** The order in which states are looked through. */
export const STATES: readonly State[] = [State.open, State.closed, State.overdrawn];

const SCOPES: Readonly<Record<string, Scope>> = { deployment: Scope.deployment, bid: Scope.bid };

const scopeName = (scope: Scope): string => (scope === Scope.bid ? 'bid' : 'deployment');

/** `deployment/owner/dseq`, `bid/owner/dseq/gseq/oseq/provider` */
export const formatAccountId = (id: AccountId): string => `${scopeName(id.scope)}/${id.xid}`;

/** Account and payment path in one. */
export const formatPaymentId = (id: PaymentId): string =>
  `${formatAccountId(id.account)}/${id.xid}`;

/** Prefix of all accounts in `state`. */
export const accountsIn = (state: State): string => `escrow/a/${state}/`;
/** Prefix of all payments in `state`. */
export const paymentsIn = (state: State): string => `escrow/p/${state}/`;

const accountKey = (state: State, id: AccountId): string => accountsIn(state) + formatAccountId(id);
const paymentKey = (state: State, id: PaymentId): string => paymentsIn(state) + formatPaymentId(id);

/** The account, or `undefined`. */
export const findAccount = (context: Context, id: AccountId): Account | undefined => {
  for (const state of STATES) {
    const bytes = context.store.get(accountKey(state, id));
    if (bytes !== undefined) return decodeAccount(id, bytes);
  }
  return undefined;
};

/** The payment, or `undefined`. */
export const findPayment = (context: Context, id: PaymentId): Payment | undefined => {
  for (const state of STATES) {
    const bytes = context.store.get(paymentKey(state, id));
    if (bytes !== undefined) return decodePayment(id, bytes);
  }
  return undefined;
};

/** Stores the account under its state; hooks and refunds are the keeper's. */
export const putAccount = (context: Context, account: Account): void => {
  if (account.state !== account.storedState) {
    context.store.delete(accountKey(account.storedState, account.id));
  }
  context.store.set(accountKey(account.state, account.id), encodeAccount(account));
  account.storedState = account.state;
};

/** Stores the payment under its state. */
export const putPayment = (context: Context, payment: Payment): void => {
  if (payment.state !== payment.storedState) {
    context.store.delete(paymentKey(payment.storedState, payment.id));
  }
  context.store.set(paymentKey(payment.state, payment.id), encodePayment(payment));
  payment.storedState = payment.state;
};

/** The account's payments in the states given, state after state. */
export const accountPayments = (
  context: Context,
  id: AccountId,
  states: readonly State[],
): Payment[] => {
  const found: Payment[] = [];
  for (const state of states) {
    const prefix = `${paymentsIn(state)}${formatAccountId(id)}/`;
    for (const [key, bytes] of context.store.iterate(prefix)) {
      found.push(decodePayment({ account: id, xid: key.slice(prefix.length) }, bytes));
    }
  }
  return found;
};

/** Parses `scope/xid…` of a key below {@link accountsIn}. */
export const parseAccountPath = (path: string): AccountId => {
  const cut = path.indexOf('/');
  return { scope: SCOPES[path.slice(0, cut)] ?? Scope.invalid, xid: path.slice(cut + 1) };
};

/** Parses a key below {@link paymentsIn}: a deployment's path has two parts, the rest is the payment's. */
export const parsePaymentPath = (path: string): PaymentId => {
  const [scope = '', owner = '', dseq = '', ...rest] = path.split('/');
  return {
    account: { scope: SCOPES[scope] ?? Scope.invalid, xid: `${owner}/${dseq}` },
    xid: rest.join('/'),
  };
};
