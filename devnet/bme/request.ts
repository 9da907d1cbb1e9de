/** Requests to swap uakt and uact: checked, paid in and queued. */
import type { Coin } from '../../market/money.js';
import { UACT, UAKT } from '../akash/coins.js';
import { refusal, wrapped } from '../akash/registered-error.js';
import { sendCoins } from '../bank/keeper.js';
import type { Context } from '../kernel/module.js';
import { ORACLE_ERRORS, getPrice } from '../oracle/keeper.js';
import { addCount } from './counters.js';
import { BME_ERRORS as E } from './errors.js';
import { putPending, type LedgerId } from './ledger.js';
import { BME_ADDRESS, MintStatus, getStatus } from './status.js';

const SEQUENCE = 'bme/sequence';
const text = { encode: new TextEncoder(), decode: new TextDecoder() };

/** Requests of one block are numbered from 1. */
const nextSequence = (context: Context): bigint => {
  const [height, last] = text.decode
    .decode(context.store.get(SEQUENCE) ?? new Uint8Array())
    .split('/');
  const sequence = height === context.height.toString() ? BigInt(last ?? '0') + 1n : 1n;
  context.store.set(SEQUENCE, text.encode.encode(`${context.height}/${sequence}`));
  return sequence;
};

const checkStatus = (context: Context, denom: string): void => {
  const { status } = getStatus(context);
  if (status < MintStatus.mint_status_halt_cr) return;
  const refund = denom === UACT && status === MintStatus.mint_status_halt_cr;
  if (!refund) throw refusal(E.circuitBreakerActive);
};

/** Takes the coins and queues the swap. @throws AppError bme/6, bme/9, oracle.v2/4, sdk/5 */
export const requestSwap = (
  context: Context,
  owner: string,
  to: string,
  burn: Coin,
  toDenom: string,
): LedgerId => {
  const routes = [`${UAKT}/${UACT}`, `${UACT}/${UAKT}`];
  if (!routes.includes(`${burn.denom}/${toDenom}`)) {
    throw wrapped(E.invalidDenom, `invalid swap route ${burn.denom} -> ${toDenom}`);
  }
  if (getPrice(context, UAKT) === undefined) throw refusal(ORACLE_ERRORS.priceStalled);
  checkStatus(context, burn.denom);
  const { height } = context;
  const id = { denom: burn.denom, toDenom, source: owner, height, sequence: nextSequence(context) };
  addCount(context, 'pending', burn.denom, burn.amount);
  sendCoins(context, owner, BME_ADDRESS, [burn]);
  putPending(context, { id, owner, to, burn });
  return id;
};
