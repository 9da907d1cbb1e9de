/** The messages of a transaction, those wrapped in MsgExec too: what its block's events leave out is in there. */
import { bytesFields } from '../wire/fields.js';

export interface TxMessage {
  readonly typeUrl: string;
  /** The encoded message. */
  readonly value: Uint8Array;
}

const EXEC = '/cosmos.authz.v1beta1.MsgExec';
/** MsgExec in MsgExec; the chain itself takes only a few. */
const MAX_DEPTH = 4;

/** @param any an encoded google.protobuf.Any */
const readAny = function* (any: Uint8Array, depth: number): Generator<TxMessage> {
  const typeUrl = new TextDecoder().decode(bytesFields(any, 1).at(-1));
  const value = bytesFields(any, 2).at(-1) ?? new Uint8Array();
  if (typeUrl !== EXEC) yield { typeUrl, value };
  else if (depth < MAX_DEPTH) {
    for (const inner of bytesFields(value, 2)) yield* readAny(inner, depth + 1);
  }
};

/** @param tx an encoded cosmos.tx.v1beta1.TxRaw @throws ChainDecodeError on bytes that are none */
export const messagesIn = function* (tx: Uint8Array): Generator<TxMessage> {
  for (const body of bytesFields(tx, 1))
    for (const message of bytesFields(body, 1)) yield* readAny(message, 0);
};
