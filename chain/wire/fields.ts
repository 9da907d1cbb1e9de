/** Raw protobuf fields, for the few messages that the published SDK knows only in part. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ChainDecodeError } from '../errors.js';

/** Every occurrence of the length-delimited field `number` in `message`, in order. @throws ChainDecodeError */
export const bytesFields = (message: Uint8Array, number: number): readonly Uint8Array[] => {
  const found: Uint8Array[] = [];
  visit(message, (field, type, reader) => {
    if (field !== number || type !== WireType.LengthDelimited) return false;
    found.push(reader.bytes());
    return true;
  });
  return found;
};

/** The last varint field `number` as int64, 0 when absent (proto3). @throws ChainDecodeError */
export const int64Field = (message: Uint8Array, number: number): bigint => {
  let value = 0n;
  visit(message, (field, type, reader) => {
    if (field !== number || type !== WireType.Varint) return false;
    value = BigInt(reader.int64());
    return true;
  });
  return value;
};

const visit = (
  message: Uint8Array,
  take: (field: number, type: WireType, reader: BinaryReader) => boolean,
): void => {
  const reader = new BinaryReader(message);
  try {
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (!take(field, type, reader)) reader.skip(type, field);
    }
  } catch (cause) {
    throw new ChainDecodeError('protobuf', 'malformed message', { cause });
  }
};
