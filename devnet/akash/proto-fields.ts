/**
 * Fields that the node's messages have and the published SDK's types (1.0.0-alpha.25) do not know yet: read out of and
 * appended to the bytes that the SDK's codecs make. The numbers are those of chain-sdk's generated Go code.
 */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** The last length-delimited field `number` of `message`, or `undefined`. */
export const readField = (message: Uint8Array, number: number): Uint8Array | undefined => {
  const reader = new BinaryReader(message);
  let found: Uint8Array | undefined;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === number && type === WireType.LengthDelimited) found = reader.bytes();
    else reader.skip(type);
  }
  return found;
};

/** The last varint field `number` of `message` as a signed 64-bit integer; 0 when absent. */
export const readVarint = (message: Uint8Array, number: number): bigint => {
  const reader = new BinaryReader(message);
  let found = 0n;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === number && type === WireType.Varint) found = BigInt(reader.int64());
    else reader.skip(type);
  }
  return found;
};

/** `message` followed by the length-delimited field `number`; unchanged when `value` is `undefined`. */
export const withField = (
  message: Uint8Array,
  number: number,
  value: Uint8Array | undefined,
): Uint8Array =>
  value === undefined
    ? message
    : new BinaryWriter()
        .raw(message)
        .uint32((number << 3) | WireType.LengthDelimited)
        .bytes(value)
        .finish();

/** A message made of length-delimited fields in the order given: how responses with such fields are put together. */
export const concatFields = (
  fields: Iterable<readonly [number: number, value: Uint8Array]>,
): Uint8Array => {
  const writer = new BinaryWriter();
  for (const [number, value] of fields) {
    writer.uint32((number << 3) | WireType.LengthDelimited).bytes(value);
  }
  return writer.finish();
};

const NANOS = 1_000_000_000n;

/** `google.protobuf.Duration` of so many nanoseconds. */
export const encodeDuration = (nanoseconds: bigint): Uint8Array => {
  const writer = new BinaryWriter();
  const seconds = nanoseconds / NANOS;
  const nanos = Number(nanoseconds % NANOS);
  if (seconds !== 0n) writer.uint32(8).int64(seconds);
  if (nanos !== 0) writer.uint32(16).int32(nanos);
  return writer.finish();
};

/** Nanoseconds of a `google.protobuf.Duration`. */
export const decodeDuration = (bytes: Uint8Array): bigint =>
  readVarint(bytes, 1) * NANOS + readVarint(bytes, 2);
