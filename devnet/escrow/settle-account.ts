/**
 * Settlement of an account in a block: from its own funds, then from the fall-back, and what is overdrawn pays out at
 * once. Payments that are open are left out of a second settlement in the same block, as on node v2.1.
 */
import { UAKT } from '../akash/coins.js';
import { divide, multiply, truncateToWhole } from '../akash/dec.js';
import { refusal } from '../akash/registered-error.js';
import { sendCoins } from '../bank/keeper.js';
import type { Context } from '../kernel/module.js';
import { ESCROW_ERRORS as E } from './errors.js';
import { ESCROW_ADDRESS, payOut } from './money.js';
import type { FallbackRate } from './ports.js';
import { State, type Account, type Payment } from './records.js';
import { deduct, settleBlocks } from './settle.js';
import { accountPayments } from './store.js';

/** Pays arrears in uakt while minting is halted; what uakt covers is no longer owed in uact. */
const payFromFallback = (
  context: Context,
  account: Account,
  payments: readonly Payment[],
  fallback: FallbackRate,
): void => {
  const funds = account.funds.find((purse) => purse.denom === UAKT);
  if (funds === undefined || funds.amount <= 0n) return;
  const price = fallback.aktPriceWhileHalted(context);
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
};

/**
 * Brings the account up to the block: its payments as they stand then, and whether it is overdrawn.
 * @throws AppError escrow/2 when it is closed
 */
export const settleAccount = (
  context: Context,
  account: Account,
  fallback: FallbackRate,
): { payments: Payment[]; overdrawn: boolean } => {
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
  payFromFallback(context, account, payments, fallback);
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
};
