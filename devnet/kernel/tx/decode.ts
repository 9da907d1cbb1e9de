/** Transaction bytes to what the state machine decides by. Strict: unknown fields are refused, as on the real chain. */
import type { Coin } from '../../../market/money.js';
import { isAppError, sdkError } from '../errors.js';
import type { AppError } from '../module.js';
import { type BlockTime } from '../module.js';
import { readTimestamp } from '../time.js';
import { readFields, WireError, type Fields } from '../wire.js';

/** A message that is not decoded yet. */
export interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** One signer as the transaction names it. */
export interface SignerInfo {
  /** Compressed secp256k1 key; absent when the account's stored key is meant. */
  readonly publicKey: Uint8Array | undefined;
  /** SIGN_MODE number: 1 is direct, 0 unspecified (simulation). */
  readonly mode: number;
  readonly sequence: bigint;
}

export interface Fee {
  readonly amount: readonly Coin[];
  readonly gasLimit: bigint;
  /** Empty when the first signer pays. */
  readonly payer: string;
  /** Empty when no fee grant is used. */
  readonly granter: string;
}

/** A decoded transaction; `bodyBytes` and `authInfoBytes` are the exact bytes that were signed. */
export interface Tx {
  readonly bodyBytes: Uint8Array;
  readonly authInfoBytes: Uint8Array;
  readonly signatures: readonly Uint8Array[];
  readonly messages: readonly AnyMessage[];
  readonly memo: string;
  readonly timeoutHeight: bigint;
  readonly unordered: boolean;
  readonly timeoutTimestamp: BlockTime | undefined;
  readonly hasExtensions: boolean;
  readonly signerInfos: readonly SignerInfo[];
  readonly fee: Fee;
}

const SECP256K1 = '/cosmos.crypto.secp256k1.PubKey';

const readAny = (bytes: Uint8Array): AnyMessage => {
  const any = readFields(bytes, 'google.protobuf.Any', { 1: 'bytes', 2: 'bytes' });
  return { typeUrl: any.text(1), value: any.bytes(2) ?? new Uint8Array() };
};

const readCoin = (bytes: Uint8Array): Coin => {
  const coin = readFields(bytes, 'cosmos.base.v1beta1.Coin', { 1: 'bytes', 2: 'bytes' });
  const amount = coin.text(2);
  if (!/^-?\d{1,77}$/.test(amount))
    throw new WireError(`cosmos.base.v1beta1.Coin field 2: "${amount}" is no integer`);
  return { denom: coin.text(1), amount: BigInt(amount) };
};

const readPublicKey = (bytes: Uint8Array): Uint8Array => {
  const any = readAny(bytes);
  if (any.typeUrl !== SECP256K1) {
    throw new WireError(`unable to resolve type URL ${any.typeUrl}: only ${SECP256K1} signs here`);
  }
  return (
    readFields(any.value, 'cosmos.crypto.secp256k1.PubKey', { 1: 'bytes' }).bytes(1) ??
    new Uint8Array()
  );
};

const readSignerInfo = (bytes: Uint8Array): SignerInfo => {
  const info = readFields(bytes, 'cosmos.tx.v1beta1.SignerInfo', {
    1: 'bytes',
    2: 'bytes',
    3: 'varint',
  });
  const key = info.bytes(1);
  const modeInfo = readFields(info.bytes(2) ?? new Uint8Array(), 'cosmos.tx.v1beta1.ModeInfo', {
    1: 'bytes',
    2: 'bytes',
  });
  if (modeInfo.bytes(2) !== undefined)
    throw new WireError('cosmos.tx.v1beta1.ModeInfo: multisignatures are not supported');
  const single = readFields(
    modeInfo.bytes(1) ?? new Uint8Array(),
    'cosmos.tx.v1beta1.ModeInfo.Single',
    { 1: 'varint' },
  );
  return {
    publicKey: key === undefined ? undefined : readPublicKey(key),
    mode: Number(single.varint(1)),
    sequence: info.varint(3),
  };
};

const readFee = (bytes: Uint8Array): Fee => {
  const fee = readFields(bytes, 'cosmos.tx.v1beta1.Fee', {
    1: 'bytes',
    2: 'varint',
    3: 'bytes',
    4: 'bytes',
  });
  return {
    amount: fee.repeated(1).map(readCoin),
    gasLimit: fee.varint(2),
    payer: fee.text(3),
    granter: fee.text(4),
  };
};

const readBody = (bytes: Uint8Array): Fields =>
  readFields(
    bytes,
    'cosmos.tx.v1beta1.TxBody',
    { 1: 'bytes', 2: 'bytes', 3: 'varint', 4: 'varint', 5: 'bytes', 1023: 'bytes', 2047: 'bytes' },
    true,
  );

const decode = (bytes: Uint8Array): Tx => {
  const raw = readFields(bytes, 'cosmos.tx.v1beta1.TxRaw', { 1: 'bytes', 2: 'bytes', 3: 'bytes' });
  const bodyBytes = raw.bytes(1) ?? new Uint8Array();
  const authInfoBytes = raw.bytes(2) ?? new Uint8Array();
  const body = readBody(bodyBytes);
  const auth = readFields(authInfoBytes, 'cosmos.tx.v1beta1.AuthInfo', {
    1: 'bytes',
    2: 'bytes',
    3: 'bytes',
  });
  const timeout = body.bytes(5);
  const fee = auth.bytes(2);
  if (fee === undefined) throw new WireError('missing fee');
  return {
    bodyBytes,
    authInfoBytes,
    signatures: raw.repeated(3),
    messages: body.repeated(1).map(readAny),
    memo: body.text(2),
    timeoutHeight: body.varint(3),
    unordered: body.varint(4) !== 0n,
    timeoutTimestamp: timeout === undefined ? undefined : readTimestamp(timeout),
    hasExtensions: body.bytes(1023) !== undefined,
    signerInfos: auth.repeated(1).map(readSignerInfo),
    fee: readFee(fee),
  };
};

/** @throws AppError sdk/2 when the bytes are no transaction */
export const decodeTx = (bytes: Uint8Array): Tx => {
  try {
    return decode(bytes);
  } catch (error) {
    if (isAppError(error)) throw error;
    const detail = error instanceof WireError ? error.message : 'unmarshal failed';
    throw Object.assign<AppError, object>(sdkError('txDecode', detail), { cause: error });
  }
};
