/**
 * The gas table as this chain turns out to be: raised at once for messages that ran out of gas, and, once enough of them were
 * in blocks, following what they really used. Learned from outcomes only, so that nothing is simulated before a bid.
 */
import type { ChainMessage } from '../ports.js';
import { lengthGas, MAX_GAS, TABLE, UNORDERED_GAS, withMargin } from './gas.js';
import type { GasTable, SizedMessage } from './gas.js';

type Type = ChainMessage['type'];

/** Most that running out of gas may add to the table, as a factor. */
const MAX_FACTOR = 8n;
/** Transactions remembered per type; the dearest of them counts. */
const SAMPLES = 64;
/** With fewer the table is believed. */
const ENOUGH_SAMPLES = 8;

const halfMore = (gas: bigint): bigint => (gas * 3n) / 2n;

export class GasBook {
  /** The figures that it starts from. */
  readonly table: GasTable;
  /** Percent of the table's figure, per type. */
  readonly #percent = new Map<Type, bigint>();
  /** Gas used by one message, its length beyond the table's not counted, newest last. */
  readonly #used = new Map<Type, bigint[]>();

  constructor(table: GasTable = TABLE) {
    this.table = table;
  }

  /** The limit to sign with. */
  limitFor(messages: readonly SizedMessage[]): bigint {
    const sum = messages.reduce((total, m) => total + this.#perMessage(m), UNORDERED_GAS);
    return sum > MAX_GAS ? MAX_GAS : sum;
  }

  /** A transaction of these messages took effect and used this much. */
  wasEnough(messages: readonly SizedMessage[], gasUsed: bigint): void {
    const type = messages[0]?.type;
    // Of mixed messages nobody knows which one used what.
    if (type === undefined || messages.some((m) => m.type !== type)) return;
    const length = messages.reduce((sum, m) => sum + lengthGas(m), 0n);
    const each = (gasUsed - length) / BigInt(messages.length);
    const { gas, worst } = this.table[type];
    // The rare worst case is not the rule: it would make all the others dearer.
    if (each <= 0n || (worst !== undefined && each > halfMore(gas))) return;
    this.#used.set(type, [...(this.#used.get(type) ?? []), each].slice(-SAMPLES));
  }

  /**
   * A transaction of these messages ran out of gas. Nothing is learned from a limit below the book's, nor for messages
   * whose rare worst case is in the table: those would make every later one dearer.
   */
  wasNotEnough(messages: readonly SizedMessage[], limit: bigint): void {
    if (limit < this.limitFor(messages)) return;
    for (const type of new Set(messages.map((m) => m.type))) {
      this.#used.delete(type);
      if (this.table[type].worst !== undefined) continue;
      const percent = halfMore(this.#percent.get(type) ?? 100n);
      this.#percent.set(type, percent > MAX_FACTOR * 100n ? MAX_FACTOR * 100n : percent);
    }
  }

  #perMessage(message: SizedMessage): bigint {
    const { type } = message;
    const used = this.#used.get(type) ?? [];
    const gas =
      used.length < ENOUGH_SAMPLES
        ? (withMargin(this.table[type].gas) * (this.#percent.get(type) ?? 100n)) / 100n
        : withMargin(used.reduce((high, gas) => (gas > high ? gas : high), 0n));
    return gas + lengthGas(message);
  }
}
