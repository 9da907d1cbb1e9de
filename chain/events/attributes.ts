/** Typed akash events: attribute values are JSON texts of protobuf fields (real-node.md, "Messages (wire) and events"). */
import type { BidId, DeploymentId, GroupId, OrderId } from '../../market/ids.js';
import { parseUint32, parseUint64 } from '../../market/ids.js';
import { parseDecimal } from '../../market/money.js';
import type { DecCoin } from '../../market/money.js';
import { ChainDecodeError } from '../errors.js';

/** An event as `block_results` and the websocket give it. */
export interface RawEvent {
  readonly type: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
}

/** The attributes of one event, each read once and checked. Every method throws ChainDecodeError. */
export class EventAttributes {
  readonly #event: RawEvent;

  constructor(event: RawEvent) {
    this.#event = event;
  }

  deploymentId(): DeploymentId {
    const id = this.#object('id');
    return { owner: this.#text(id, 'owner'), dseq: this.#uint64(id, 'dseq') };
  }

  groupId(): GroupId {
    return { ...this.deploymentId(), gseq: this.#uint32(this.#object('id'), 'gseq') };
  }

  orderId(): OrderId {
    return { ...this.groupId(), oseq: this.#uint32(this.#object('id'), 'oseq') };
  }

  bidId(): BidId {
    const id = this.#object('id');
    return {
      ...this.orderId(),
      provider: this.#text(id, 'provider'),
      bseq: this.#uint32(id, 'bseq'),
    };
  }

  price(): DecCoin {
    const price = this.#object('price');
    const amount = this.#text(price, 'amount');
    return {
      denom: this.#text(price, 'denom'),
      amount: this.#reading('price.amount', () => parseDecimal(amount)),
    };
  }

  /** A string attribute such as `owner` or `reason`. */
  string(key: string): string {
    const value = this.#json(key);
    if (typeof value !== 'string') throw this.#fault(key, 'is not a JSON string');
    return value;
  }

  /** A base64 attribute. */
  bytes(key: string): Uint8Array {
    const text = this.string(key);
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw this.#fault(key, 'is not base64');
    return Uint8Array.from(Buffer.from(text, 'base64'));
  }

  /** An int64, which protobuf JSON writes as a string. */
  int64(key: string): bigint {
    return this.#uint64({ [key]: this.#json(key) }, key);
  }

  #json(key: string): unknown {
    const attribute = this.#event.attributes.find((a) => a.key === key);
    if (attribute === undefined) throw this.#fault(key, 'is missing');
    return this.#reading(key, () => JSON.parse(attribute.value) as unknown);
  }

  #object(key: string): Readonly<Record<string, unknown>> {
    const value = this.#json(key);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.#fault(key, 'is not a JSON object');
    }
    return value as Readonly<Record<string, unknown>>;
  }

  #text(object: Readonly<Record<string, unknown>>, key: string): string {
    const value = object[key];
    if (typeof value !== 'string' || value === '') throw this.#fault(key, 'is not a text');
    return value;
  }

  #uint64(object: Readonly<Record<string, unknown>>, key: string): bigint {
    return this.#reading(key, () => parseUint64(numeral(object[key]), key));
  }

  /** Sequence numbers that are 0 may be left out. */
  #uint32(object: Readonly<Record<string, unknown>>, key: string): number {
    return this.#reading(key, () => parseUint32(numeral(object[key] ?? 0), key));
  }

  #reading<T>(key: string, read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw new ChainDecodeError(`${this.#event.type}.${key}`, 'cannot be read', { cause });
    }
  }

  #fault(key: string, message: string): ChainDecodeError {
    return new ChainDecodeError(`${this.#event.type}.${key}`, message);
  }
}

const numeral = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
