/**
 * Reads protobuf strictly, field by field, where the SDK's generated codecs lose something the chain decides by: unknown
 * fields (refused), nanoseconds of timestamps (rounded to milliseconds), the unordered fields of TxBody.
 */

/** Bytes that are no such message; the text names the message and the field. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

/** Shape of each known field: `varint` numbers, or length-delimited `bytes` (also strings and messages). */
export type FieldShapes = Readonly<Record<number, 'varint' | 'bytes'>>;

/** What a message held, in order of appearance per field. */
export interface Fields {
  /** The last value of a varint field; 0 when absent. */
  varint(field: number): bigint;
  /** The last value of a bytes field, or `undefined` when absent. */
  bytes(field: number): Uint8Array | undefined;
  /** Every value of a repeated bytes field. */
  repeated(field: number): readonly Uint8Array[];
  /** The last value of a string field; empty when absent. @throws WireError when it is not UTF-8 */
  text(field: number): string;
}

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;
/** Fields with this bit set may be ignored by those who do not know them (ADR-020). */
const NON_CRITICAL_BIT = 1 << 10;
const utf8 = new TextDecoder('utf-8', { fatal: true });

class Reader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError(`${this.#what}: a varint is longer than ten bytes`);
  }

  take(length: bigint): Uint8Array {
    if (length > BigInt(this.#bytes.length - this.#at)) {
      throw new WireError(`${this.#what}: unexpected EOF`);
    }
    const from = this.#at;
    this.#at += Number(length);
    return this.#bytes.subarray(from, this.#at);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new WireError(`${this.#what}: unexpected EOF`);
    this.#at += 1;
    return byte;
  }
}

const skip = (reader: Reader, wireType: number, where: string): void => {
  if (wireType === WIRE_VARINT) reader.varint();
  else if (wireType === WIRE_BYTES) reader.take(reader.varint());
  else if (wireType === WIRE_FIXED64) reader.take(8n);
  else if (wireType === WIRE_FIXED32) reader.take(4n);
  else throw new WireError(`${where}: wire type ${wireType} is not known`);
};

/**
 * Splits `bytes` into the fields of `shapes`.
 * @param what the message's name, for errors
 * @param tolerant also passes over unknown fields that are marked non-critical by their number
 * @throws WireError naming message and field: unknown field, wrong wire type, truncated bytes
 */
export const readFields = (
  bytes: Uint8Array,
  what: string,
  shapes: FieldShapes,
  tolerant = false,
): Fields => {
  const reader = new Reader(bytes, what);
  const varints = new Map<number, bigint>();
  const chunks = new Map<number, Uint8Array[]>();
  while (!reader.done) {
    const tag = Number(reader.varint());
    const field = tag >>> 3;
    const wireType = tag & 7;
    const shape = shapes[field];
    const where = `${what} field ${field}`;
    if (shape === undefined) {
      if (!tolerant || (field & NON_CRITICAL_BIT) === 0) {
        throw new WireError(`errUnknownField "${what}": {TagNum: ${field}, WireType:${wireType}}`);
      }
      skip(reader, wireType, where);
    } else if (shape === 'varint') {
      if (wireType !== WIRE_VARINT) throw new WireError(`${where}: expected a varint`);
      varints.set(field, reader.varint());
    } else {
      if (wireType !== WIRE_BYTES) throw new WireError(`${where}: expected bytes`);
      const list = chunks.get(field) ?? [];
      list.push(reader.take(reader.varint()));
      chunks.set(field, list);
    }
  }
  return {
    varint: (field) => varints.get(field) ?? 0n,
    bytes: (field) => chunks.get(field)?.at(-1),
    repeated: (field) => chunks.get(field) ?? [],
    text: (field) => {
      try {
        return utf8.decode(chunks.get(field)?.at(-1) ?? new Uint8Array());
      } catch (cause) {
        throw Object.assign(new WireError(`${what} field ${field}: not UTF-8`), { cause });
      }
    },
  };
};
