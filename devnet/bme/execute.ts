/** Execution of swaps at an epoch (node x/bme/keeper). */
import type { Coin } from '../../market/money.js';
import { UACT, UAKT, writeCoin } from '../akash/coins.js';
import { divide, formatDec, fromWhole, multiply, truncateToWhole } from '../akash/dec.js';
import { burnCoins, mintCoins, sendCoins } from '../bank/keeper.js';
import type { Context } from '../kernel/module.js';
import { getPrice } from '../oracle/keeper.js';
import { addCount, getCount, setCount } from './counters.js';
import {
  eventId,
  pendingRequests,
  putCanceled,
  putExecuted,
  type Execution,
  type PricedCoin,
  type Request,
} from './ledger.js';
import { getBmeParams } from './params.js';
import { BME_ADDRESS } from './status.js';

/** The outcome of a swap at today's price, or `undefined` when there is none. */
const quote = (
  context: Context,
  { burn, id }: Request,
): { readonly from: PricedCoin; readonly into: PricedCoin; readonly spread: Coin } | undefined => {
  const params = getBmeParams(context);
  const fromPrice = getPrice(context, burn.denom);
  const toPrice = getPrice(context, id.toDenom);
  if (fromPrice === undefined || toPrice === undefined || fromPrice === 0n || toPrice === 0n) {
    return undefined;
  }
  const exact = multiply(fromWhole(burn.amount), divide(fromPrice, toPrice));
  const amount = truncateToWhole(exact);
  const tooSmall = id.toDenom === params.minMint.denom && amount < params.minMint.amount;
  if (amount <= 0n || tooSmall) return undefined;
  const bps = burn.denom === UAKT ? params.mintSpreadBps : params.settleSpreadBps;
  const spread = truncateToWhole(divide(exact * BigInt(bps), fromWhole(10_000n)));
  return {
    from: { coin: burn, price: fromPrice },
    into: { coin: { denom: id.toDenom, amount }, price: toPrice },
    spread: { denom: id.toDenom, amount: spread },
  };
};

const cancel = (context: Context, request: Request): void => {
  putCanceled(context, request);
  addCount(context, 'pending', request.burn.denom, -request.burn.amount);
  sendCoins(context, BME_ADDRESS, request.owner, [request.burn]);
  context.emitTyped('akash.bme.v1.EventLedgerRecordCanceled', {
    id: eventId(request.id),
    cancel_reason: 'unknown',
    owner: request.owner,
    to: request.to,
    coins_to_burn: writeCoin(request.burn),
    denom_to_mint: request.id.toDenom,
  });
};

const atPrice = (coin: Coin, price: bigint): PricedCoin | undefined =>
  coin.amount > 0n ? { coin, price } : undefined;

const eventCoin = (value: PricedCoin | undefined): unknown =>
  value === undefined ? null : { coin: writeCoin(value.coin), price: formatDec(value.price) };

const record = (context: Context, request: Request, execution: Execution): void => {
  putExecuted(context, request, execution);
  addCount(context, 'pending', request.burn.denom, -request.burn.amount);
  const { minted, burned } = execution;
  if (minted !== undefined) addCount(context, 'minted', minted.coin.denom, minted.coin.amount);
  if (burned !== undefined) addCount(context, 'burned', burned.coin.denom, burned.coin.amount);
  context.emitTyped('akash.bme.v1.EventLedgerRecordExecuted', {
    id: eventId(request.id),
    burned_from: request.owner,
    minted_to: request.to,
    burner: 'bme',
    minter: 'bme',
    burned: eventCoin(burned),
    minted: eventCoin(minted),
    spread: writeCoin(execution.spread),
    remint_credit_issued: eventCoin(execution.remintIssued),
    remint_credit_accrued: eventCoin(execution.remintAccrued),
  });
};

const payOut = (context: Context, to: string, whole: Coin, spread: Coin): void => {
  sendCoins(context, BME_ADDRESS, to, [
    { denom: whole.denom, amount: whole.amount - spread.amount },
  ]);
};

/** uakt stay in the vault as credit for later; uact are minted, the spread stays too. */
const mintAct = (context: Context, request: Request): void => {
  const quoted = quote(context, request);
  if (quoted === undefined) {
    cancel(context, request);
    return;
  }
  const { from, into, spread } = quoted;
  mintCoins(context, 'bme', [into.coin]);
  payOut(context, request.to, into.coin, spread);
  addCount(context, 'remint', UAKT, from.coin.amount);
  record(context, request, {
    burned: undefined,
    minted: into,
    spread,
    remintIssued: undefined,
    remintAccrued: from,
  });
};

/** uact are burned; uakt come out of the credit first, what is missing is minted. */
const burnAct = (context: Context, request: Request): void => {
  const quoted = quote(context, request);
  if (quoted === undefined) {
    cancel(context, request);
    return;
  }
  const { from, into, spread } = quoted;
  const credit = getCount(context, 'remint', UAKT);
  const issued = credit < into.coin.amount ? credit : into.coin.amount;
  const missing = { denom: UAKT, amount: into.coin.amount - issued };
  burnCoins(context, 'bme', [from.coin]);
  if (missing.amount > 0n) mintCoins(context, 'bme', [missing]);
  payOut(context, request.to, into.coin, spread);
  setCount(context, 'remint', UAKT, credit - issued);
  record(context, request, {
    burned: from,
    minted: atPrice(missing, into.price),
    spread,
    remintIssued: atPrice({ denom: UAKT, amount: issued }, into.price),
    remintAccrued: undefined,
  });
};

/** Executes everything that waits to become uakt. */
export const executeBurns = (context: Context): void => {
  for (const request of pendingRequests(context, UACT, UAKT)) burnAct(context, request);
};

/** Executes everything that waits to become uact. */
export const executeMints = (context: Context): void => {
  for (const request of pendingRequests(context, UAKT, UACT)) mintAct(context, request);
};
