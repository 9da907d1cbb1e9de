/** Escrow accounts and payments as the state machine changes them, and as bytes in the store and in answers. */
import {
  AccountState,
  Depositor,
  PaymentState,
  Scope,
  Source,
  Types_Account,
  Types_Payment,
  Types_State as State,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { readAmount, writeAmount } from '../akash/coins.js';
import type { Dec } from '../akash/dec.js';

export { Scope, Source, State };

/** An account's identifier: what it is for and that thing's path. */
export interface AccountId {
  readonly scope: Scope;
  readonly xid: string;
}

/** A payment's identifier: the account it draws on and its own path below it. */
export interface PaymentId {
  readonly account: AccountId;
  readonly xid: string;
}

/** An amount that settlement changes in place. */
export interface Purse {
  readonly denom: string;
  amount: Dec;
}

/** Money somebody put in; `balance` is what is left of it. */
export interface Deposit {
  readonly owner: string;
  readonly height: bigint;
  readonly source: Source;
  readonly balance: Purse;
}

/** An account under work. `funds` of an overdrawn account are negative by what is owed. */
export interface Account {
  readonly id: AccountId;
  readonly owner: string;
  state: State;
  /** The state it was read with, which is the key it is stored under. */
  storedState: State;
  readonly transferred: Purse[];
  settledAt: bigint;
  readonly funds: Purse[];
  deposits: Deposit[];
}

/** A payment under work; `rate` is per block. */
export interface Payment {
  readonly id: PaymentId;
  readonly owner: string;
  state: State;
  storedState: State;
  readonly rate: Purse;
  readonly balance: Purse;
  readonly unsettled: Purse;
  withdrawn: bigint;
  dirty: boolean;
}

const purse = (coin: { denom: string; amount: string } | undefined): Purse => ({
  ...readAmount(coin),
});

/** Bytes of `akash.escrow.types.v1.AccountState`. */
export const encodeAccount = (account: Account): Uint8Array =>
  AccountState.encode(
    AccountState.fromPartial({
      owner: account.owner,
      state: account.state,
      transferred: account.transferred.map(writeAmount),
      settledAt: account.settledAt,
      funds: account.funds.map(writeAmount),
      deposits: account.deposits.map((deposit) =>
        Depositor.fromPartial({
          owner: deposit.owner,
          height: deposit.height,
          source: deposit.source,
          balance: writeAmount(deposit.balance),
        }),
      ),
    }),
  ).finish();

/** Inverse of {@link encodeAccount}. */
export const decodeAccount = (id: AccountId, bytes: Uint8Array): Account => {
  const state = AccountState.decode(bytes);
  return {
    id,
    owner: state.owner,
    state: state.state,
    storedState: state.state,
    transferred: state.transferred.map(purse),
    settledAt: BigInt(state.settledAt.toString()),
    funds: state.funds.map(purse),
    deposits: state.deposits.map((deposit) => ({
      owner: deposit.owner,
      height: BigInt(deposit.height.toString()),
      source: deposit.source,
      balance: purse(deposit.balance),
    })),
  };
};

/** Bytes of `akash.escrow.types.v1.PaymentState`. */
export const encodePayment = (payment: Payment): Uint8Array =>
  PaymentState.encode(
    PaymentState.fromPartial({
      owner: payment.owner,
      state: payment.state,
      rate: writeAmount(payment.rate),
      balance: writeAmount(payment.balance),
      unsettled: writeAmount(payment.unsettled),
      withdrawn: { denom: payment.rate.denom, amount: payment.withdrawn.toString() },
    }),
  ).finish();

/** Inverse of {@link encodePayment}. */
export const decodePayment = (id: PaymentId, bytes: Uint8Array): Payment => {
  const state = PaymentState.decode(bytes);
  return {
    id,
    owner: state.owner,
    state: state.state,
    storedState: state.state,
    rate: purse(state.rate),
    balance: purse(state.balance),
    unsettled: purse(state.unsettled),
    withdrawn: BigInt(state.withdrawn?.amount ?? '0'),
    dirty: false,
  };
};

/** Bytes of `akash.escrow.types.v1.Account`, as query answers hold it. */
export const accountAnswer = (account: Account): Uint8Array =>
  Types_Account.encode(
    Types_Account.fromPartial({
      id: account.id,
      state: AccountState.decode(encodeAccount(account)),
    }),
  ).finish();

/** Bytes of `akash.escrow.types.v1.Payment`, as query answers hold it. */
export const paymentAnswer = (payment: Payment): Uint8Array =>
  Types_Payment.encode(
    Types_Payment.fromPartial({
      id: { aid: payment.id.account, xid: payment.id.xid },
      state: PaymentState.decode(encodePayment(payment)),
    }),
  ).finish();
