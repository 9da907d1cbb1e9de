/** Money moving into and out of the escrow module's account. */
import { fromWhole, truncateToWhole } from '../akash/dec.js';
import { sendCoins } from '../bank/keeper.js';
import { moduleAddress } from '../bank/module-address.js';
import type { Context } from '../kernel/module.js';
import { restoreGrant } from './deposits.js';
import type { DepositGrants } from './ports.js';
import { Source, type Account, type Deposit, type Payment, type Purse } from './records.js';

/** The account of the escrow module, which holds all deposits. */
export const ESCROW_ADDRESS = moduleAddress('escrow');

/** Pays out whole units of what the payment has earned. */
export const payOut = (context: Context, payment: Payment): void => {
  const earnings = truncateToWhole(payment.balance.amount);
  if (earnings === 0n) return;
  sendCoins(context, ESCROW_ADDRESS, payment.owner, [
    { denom: payment.balance.denom, amount: earnings },
  ]);
  payment.withdrawn += earnings;
  payment.balance.amount -= fromWhole(earnings);
  payment.dirty = true;
};

/** The purse of a denomination, made when there is none. */
export const purseOf = (purses: Purse[], denom: string): Purse => {
  let purse = purses.find((candidate) => candidate.denom === denom);
  if (purse === undefined) {
    purse = { denom, amount: 0n };
    purses.push(purse);
  }
  return purse;
};

/** Takes the deposits into the account. @throws AppError sdk/5 when a depositor has too little */
export const collect = (context: Context, account: Account, deposits: readonly Deposit[]): void => {
  for (const deposit of deposits) {
    const { denom, amount } = deposit.balance;
    const funds = purseOf(account.funds, denom);
    purseOf(account.transferred, denom);
    if (funds.amount < 0n) funds.amount = 0n;
    sendCoins(context, deposit.owner, ESCROW_ADDRESS, [{ denom, amount: truncateToWhole(amount) }]);
    funds.amount += amount;
    account.deposits.push({ ...deposit, balance: { ...deposit.balance } });
  }
};

/** Gives every depositor back what is left of its deposit, and grants their limit. */
export const refund = (context: Context, account: Account, grants: DepositGrants): void => {
  for (const { owner, source, balance } of account.deposits) {
    const coin = { denom: balance.denom, amount: truncateToWhole(balance.amount) };
    sendCoins(context, ESCROW_ADDRESS, owner, [coin]);
    if (source === Source.grant) restoreGrant(context, grants, account.owner, owner, coin);
    purseOf(account.funds, balance.denom).amount -= balance.amount;
  }
  account.deposits = [];
};
