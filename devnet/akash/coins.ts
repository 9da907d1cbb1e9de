/** Amounts between the protobuf types, where they are text, and the integers that the state machine reckons with. */
import type { Coin as ProtoCoin } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { Coin } from '../../market/money.js';
import { unregistered } from './registered-error.js';
import { formatDec, parseDec, type Dec } from './dec.js';

export const UAKT = 'uakt';
export const UACT = 'uact';

/** A decimal amount of one denomination. */
export interface Amount {
  readonly denom: string;
  readonly amount: Dec;
}

/** A protobuf coin or decimal coin; both hold text. */
export interface TextCoin {
  readonly denom: string;
  readonly amount: string;
}

const DENOM = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/;

/** A coin as messages carry it, checked as the SDK's `Coin.Validate`. @throws AppError undefined/1 */
export const readCoin = (coin: ProtoCoin | undefined): Coin => {
  const denom = coin?.denom ?? '';
  const amount = coin?.amount ?? '';
  if (!DENOM.test(denom)) throw unregistered(`invalid denom: ${denom}`);
  if (!/^-?\d{1,77}$/.test(amount)) throw unregistered(`invalid coin amount: ${amount}`);
  if (amount.startsWith('-')) throw unregistered(`negative coin amount: ${amount}`);
  return { denom, amount: BigInt(amount) };
};

/** A coin for a protobuf message. */
export const writeCoin = (coin: Coin): ProtoCoin => ({
  denom: coin.denom,
  amount: coin.amount.toString(),
});

/** A decimal coin; absent is an empty one. @throws AppError undefined/1 when the amount is no decimal */
export const readAmount = (coin: TextCoin | undefined): Amount => {
  if (coin === undefined) return { denom: '', amount: 0n };
  try {
    return { denom: coin.denom, amount: parseDec(coin.amount === '' ? '0' : coin.amount) };
  } catch (cause) {
    throw Object.assign(unregistered(`invalid decimal coin amount: ${coin.amount}`), { cause });
  }
};

/** A decimal coin for a protobuf message (chain-sdk's codecs take plain decimals and write 18-decimal integers). */
export const writeAmount = (amount: Amount): TextCoin => ({
  denom: amount.denom,
  amount: formatDec(amount.amount),
});

/** Whether a decimal coin is one: a proper denomination and an amount that is not negative. */
export const isValidAmount = (amount: Amount): boolean =>
  DENOM.test(amount.denom) && amount.amount >= 0n;
