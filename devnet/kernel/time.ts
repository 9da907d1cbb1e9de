/** Protobuf timestamps without loss, and the words in which Go prints them. */
import type { BlockTime } from './module.js';
import { readFields } from './wire.js';

const NANOS_PER_SECOND = 1_000_000_000n;

/** Reads `google.protobuf.Timestamp`. @throws WireError */
export const readTimestamp = (bytes: Uint8Array): BlockTime => {
  const fields = readFields(bytes, 'google.protobuf.Timestamp', { 1: 'varint', 2: 'varint' });
  return {
    seconds: BigInt.asIntN(64, fields.varint(1)),
    nanos: Number(BigInt.asIntN(32, fields.varint(2))),
  };
};

/** Nanoseconds since 1970. */
export const toNanos = (time: BlockTime): bigint =>
  time.seconds * NANOS_PER_SECOND + BigInt(time.nanos);

/** From nanoseconds since 1970. */
export const fromNanos = (nanos: bigint): BlockTime => {
  const rest = ((nanos % NANOS_PER_SECOND) + NANOS_PER_SECOND) % NANOS_PER_SECOND;
  return { seconds: (nanos - rest) / NANOS_PER_SECOND, nanos: Number(rest) };
};

const fraction = (time: BlockTime): string => {
  const digits = time.nanos.toString().padStart(9, '0').replace(/0+$/, '');
  return digits === '' ? '' : `.${digits}`;
};

/** `2026-11-23T08:34:53.932989205Z`, without trailing zeros (RFC 3339, as Go's JSON). */
export const formatRfc3339 = (time: BlockTime): string =>
  `${new Date(Number(time.seconds) * 1000).toISOString().slice(0, 19)}${fraction(time)}Z`;

/** `2026-11-23 09:00:51.42008216 +0000 UTC`, as Go's `Time.String`. */
export const formatGoTime = (time: BlockTime): string =>
  `${formatRfc3339(time).slice(0, -1).replace('T', ' ')} +0000 UTC`;
