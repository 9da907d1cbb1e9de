/** Transactions that were signed here and not yet broadcast: their first refusal cannot mean "already included". */
import type { SizedMessage } from './gas.js';

/** More than this many signed and forgotten are not remembered; they are then treated as possibly sent. */
const CAPACITY = 10_000;

export class UnsentTxs {
  readonly #sizes = new Map<string, readonly SizedMessage[]>();

  add(hash: string, messages: readonly SizedMessage[]): void {
    const oldest = this.#sizes.keys().next();
    if (this.#sizes.size >= CAPACITY && oldest.done !== true) this.#sizes.delete(oldest.value);
    this.#sizes.set(hash, messages);
  }

  /** Its messages the first time it is asked for, `undefined` afterwards and for a transaction of another process. */
  take(hash: string): readonly SizedMessage[] | undefined {
    const messages = this.#sizes.get(hash);
    this.#sizes.delete(hash);
    return messages;
  }
}
