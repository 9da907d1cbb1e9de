/**
 * Our own encoder of cosmos.tx.v1beta1.TxBody: CosmJS's types lack `unordered` (4) and `timeout_timestamp` (5), and the
 * Akash SDK rounds the timestamp to milliseconds, while the chain's nonce is the timestamp in nanoseconds.
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** A message ready for a transaction. */
export interface EncodedMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

export interface TxBody {
  readonly messages: readonly EncodedMessage[];
  readonly memo?: string | undefined;
  /** Set for an unordered transaction: Unix nanoseconds, its nonce and its deadline by block time. */
  readonly timeoutNs?: bigint | undefined;
}

const NS_PER_SECOND = 1_000_000_000n;

const encodeTimestamp = (ns: bigint): Uint8Array => {
  const writer = new BinaryWriter().uint32(8).int64(ns / NS_PER_SECOND);
  const nanos = Number(ns % NS_PER_SECOND);
  if (nanos !== 0) writer.uint32(16).int32(nanos);
  return writer.finish();
};

/** One google.protobuf.Any. */
export const encodeAny = ({ typeUrl, value }: EncodedMessage): Uint8Array => {
  const writer = new BinaryWriter().uint32(10).string(typeUrl);
  if (value.length > 0) writer.uint32(18).bytes(value);
  return writer.finish();
};

/** The body's bytes, fields in ascending order as the chain requires (ADR-027). */
export const encodeTxBody = (body: TxBody): Uint8Array => {
  const writer = new BinaryWriter();
  for (const message of body.messages) writer.uint32(10).bytes(encodeAny(message));
  if (body.memo !== undefined && body.memo !== '') writer.uint32(18).string(body.memo);
  if (body.timeoutNs !== undefined) {
    writer.uint32(32).bool(true);
    writer.uint32(42).bytes(encodeTimestamp(body.timeoutNs));
  }
  return writer.finish();
};
