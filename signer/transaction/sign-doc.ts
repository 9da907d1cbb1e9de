/**
 * What a caller asks to have signed: the bytes of a cosmos.tx.v1beta1.SignDoc (SIGN_MODE_DIRECT), read into what the policy
 * judges. Field numbers: cosmos-sdk 0.53 proto/cosmos/tx/v1beta1/tx.proto.
 */
import type { Coin } from '../../market/money.js';
import { readCoin } from './coin.js';
import { readFields, UnreadableError } from './strict-fields.js';
import type { FieldTable } from './strict-fields.js';

/** One message, its bytes not read yet. */
export interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

export interface ReadSignDoc {
  readonly chainId: string;
  readonly messages: readonly AnyMessage[];
  readonly fee: readonly Coin[];
  /** Who pays the fee instead of the signer (feegrant); empty when nobody does. */
  readonly feeGranter: string;
}

const SIGN_DOC: FieldTable = { 1: 'bytes', 2: 'bytes', 3: 'bytes', 4: 'uint' };
/** Extension options (1023, 2047) are left out on purpose: nothing of ours has them. */
const TX_BODY: FieldTable = { 1: 'many-bytes', 2: 'bytes', 3: 'uint', 4: 'uint', 5: 'bytes' };
/** A tip (3) is left out on purpose. */
const AUTH_INFO: FieldTable = { 1: 'many-bytes', 2: 'bytes' };
const FEE: FieldTable = { 1: 'many-bytes', 2: 'uint', 3: 'bytes', 4: 'bytes' };
const ANY: FieldTable = { 1: 'bytes', 2: 'bytes' };

/** A google.protobuf.Any. @throws UnreadableError */
export const readAny = (bytes: Uint8Array, what: string): AnyMessage => {
  const any = readFields(bytes, ANY, what);
  return { typeUrl: any.text(1), value: any.bytes(2) };
};

/** @throws UnreadableError when these are not the bytes of a transaction as Berth makes them */
export const readSignDoc = (bytes: Uint8Array): ReadSignDoc => {
  const doc = readFields(bytes, SIGN_DOC, 'SignDoc');
  const body = readFields(doc.bytes(1), TX_BODY, 'TxBody');
  const auth = readFields(doc.bytes(2), AUTH_INFO, 'AuthInfo');
  if (auth.all(1).length !== 1) throw new UnreadableError('AuthInfo does not have one signer');
  const fee = readFields(auth.bytes(2), FEE, 'Fee');
  if (fee.text(3) !== '') throw new UnreadableError('Fee names another payer');
  return {
    chainId: doc.text(3),
    messages: body.all(1).map((any, i) => readAny(any, `messages[${i}]`)),
    fee: fee.all(1).map((coin, i) => readCoin(coin, `fee[${i}]`)),
    feeGranter: fee.text(4),
  };
};
