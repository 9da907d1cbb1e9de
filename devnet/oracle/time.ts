/** Block times as JSON and protobuf print them. */
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import type { BlockTime } from '../kernel/module.js';

/** RFC 3339 with no, three, six or nine digits of fraction, as protobuf's JSON prints timestamps. */
export const formatTime = (time: BlockTime): string => {
  const seconds = new Date(Number(time.seconds) * 1000).toISOString().slice(0, 19);
  const digits = time.nanos
    .toString()
    .padStart(9, '0')
    .replace(/(000){1,3}$/, '');
  return `${seconds}${digits === '' ? '' : `.${digits}`}Z`;
};

/** Bytes of `google.protobuf.Timestamp`. */
export const encodeTimestamp = (time: BlockTime): Uint8Array => {
  const writer = new BinaryWriter();
  if (time.seconds !== 0n) writer.uint32(8).int64(time.seconds);
  if (time.nanos !== 0) writer.uint32(16).int32(time.nanos);
  return writer.finish();
};

/** Inverse of {@link encodeTimestamp}. */
export const decodeTimestamp = (bytes: Uint8Array): BlockTime => {
  const reader = new BinaryReader(bytes);
  let seconds = 0n;
  let nanos = 0;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1) seconds = BigInt(reader.int64());
    else if (field === 2) nanos = reader.int32();
    else reader.skip(type);
  }
  return { seconds, nanos };
};

/** Whether `a` is later than `b`. */
export const isAfter = (a: BlockTime, b: BlockTime): boolean =>
  a.seconds > b.seconds || (a.seconds === b.seconds && a.nanos > b.nanos);
