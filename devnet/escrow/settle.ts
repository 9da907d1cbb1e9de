/**
 * Settlement: what an account owes for the blocks since it was last touched. Pure: it changes the records given and
 * nothing else. What a payment earns is cut to whole units at each settlement, and moves from the deposits in the order
 * they were made.
 */
import { fromWhole, multiply, truncateFraction, type Dec } from '../akash/dec.js';
import { panicked } from '../akash/registered-error.js';
import { State, type Account, type Payment, type Purse } from './records.js';

const find = (purses: readonly Purse[], denom: string): Purse => {
  const found = purses.find((purse) => purse.denom === denom);
  if (found === undefined) throw panicked(`unknown denom "${denom}"`);
  return found;
};

/** What could be taken, and whether it was less than asked. */
export interface Deduction {
  readonly taken: Dec;
  readonly short: boolean;
}

/**
 * Takes `amount` of `denom` out of the account's deposits, oldest first. What is missing leaves the funds negative.
 * @throws AppError undefined/111222 when the account never held the denomination, as the node panics
 */
export const deduct = (account: Account, denom: string, amount: Dec): Deduction => {
  const funds = find(account.funds, denom);
  const transferred = find(account.transferred, denom);
  let remaining = amount;
  for (const { balance } of account.deposits) {
    if (balance.denom !== denom) continue;
    const take = balance.amount < remaining ? balance.amount : remaining;
    balance.amount -= take;
    transferred.amount += take;
    remaining -= take;
    if (remaining === 0n) break;
  }
  account.deposits = account.deposits.filter((deposit) => deposit.balance.amount !== 0n);
  funds.amount -= amount;
  return { taken: amount - remaining, short: remaining !== 0n };
};

/** What a payment asks for: its arrears when it was overdrawn, its rate for `blocks` otherwise. */
const dueOf = (payment: Payment, blocks: bigint): Dec => {
  if (payment.storedState !== State.overdrawn) {
    return truncateFraction(multiply(payment.rate.amount, fromWhole(blocks)));
  }
  const due = payment.unsettled.amount;
  payment.unsettled.amount = 0n;
  return due;
};

/**
 * Pays every payment for `blocks` blocks. Payments that cannot be paid in full become overdrawn and keep the rest as
 * unsettled. @returns whether any did
 */
export const settleBlocks = (
  account: Account,
  payments: readonly Payment[],
  blocks: bigint,
): boolean => {
  const dues = payments.map((payment) => dueOf(payment, blocks));
  let overdrawn = false;
  payments.forEach((payment, index) => {
    const due = dues[index] ?? 0n;
    const { taken, short } = deduct(account, payment.rate.denom, due);
    payment.dirty = true;
    payment.balance.amount += taken;
    payment.state = short ? State.overdrawn : State.open;
    if (short) payment.unsettled.amount += due - taken;
    overdrawn ||= short;
  });
  return overdrawn;
};
