/**
 * Protobuf read strictly, for bytes that a caller may have made to be read in two ways. A lenient reader takes the last of
 * a repeated singular field where the chain's merges them, so anything not written exactly once is refused here.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Bytes that are not what the chain's own clients would write. */
export class UnreadableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableError';
  }
}

export const isUnreadable = (error: unknown): error is UnreadableError =>
  error instanceof UnreadableError;

/** How a field is written: one value of its kind, or any number of them. */
export type FieldKind = 'uint' | 'bytes' | 'many-bytes';

export type FieldTable = Readonly<Record<number, FieldKind>>;

/** The fields of one message, by number; absent ones have the default of their kind. */
export interface Fields {
  uint(field: number): bigint;
  bytes(field: number): Uint8Array;
  text(field: number): string;
  all(field: number): readonly Uint8Array[];
  has(field: number): boolean;
}

const EMPTY = new Uint8Array();
const utf8 = new TextDecoder('utf-8', { fatal: true });

const decodeText = (bytes: Uint8Array, what: string): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new UnreadableError(`${what} is not UTF-8`);
  }
};

type Value = bigint | Uint8Array;

const readOne = (reader: BinaryReader, kind: FieldKind, wire: WireType): Value | undefined => {
  if (kind === 'uint') return wire === WireType.Varint ? BigInt(reader.uint64()) : undefined;
  return wire === WireType.LengthDelimited ? reader.bytes() : undefined;
};

const readAll = (
  bytes: Uint8Array,
  table: FieldTable,
  what: string,
): Map<number, readonly Value[]> => {
  const found = new Map<number, readonly Value[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    const kind = table[field];
    if (kind === undefined) throw new UnreadableError(`${what} has an unknown field ${field}`);
    const value = readOne(reader, kind, wire);
    if (value === undefined) throw new UnreadableError(`${what}.${field} has the wrong wire type`);
    const before = found.get(field) ?? [];
    if (before.length > 0 && kind !== 'many-bytes') {
      throw new UnreadableError(`${what} has field ${field} twice`);
    }
    found.set(field, [...before, value]);
  }
  return found;
};

/** Reads `bytes` by `table`. @throws UnreadableError on an unknown field, a second value of a single one, or broken bytes */
export const readFields = (bytes: Uint8Array, table: FieldTable, what: string): Fields => {
  let found: Map<number, readonly Value[]>;
  try {
    found = readAll(bytes, table, what);
  } catch (error) {
    if (isUnreadable(error)) throw error;
    throw new UnreadableError(`${what} is not protobuf`);
  }
  const bytesOf = (field: number): Uint8Array => {
    const value = found.get(field)?.[0];
    return value instanceof Uint8Array ? value : EMPTY;
  };
  return {
    has: (field) => found.has(field),
    uint: (field) => {
      const value = found.get(field)?.[0];
      return typeof value === 'bigint' ? value : 0n;
    },
    bytes: bytesOf,
    text: (field) => decodeText(bytesOf(field), `${what}.${field}`),
    all: (field) =>
      (found.get(field) ?? []).filter((v): v is Uint8Array => v instanceof Uint8Array),
  };
};
