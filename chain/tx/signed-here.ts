/** Transactions that were signed here and not yet broadcast: their first refusal cannot mean "already included". */
import type { Place } from './sequence-line.js';
import type { MadeTx } from './tx-maker.js';

/** More than this many signed and forgotten are not remembered; they are then treated as possibly sent. */
const CAPACITY = 10_000;

export interface SignedHere {
  readonly made: MadeTx;
  /** Of an ordered one. */
  readonly place: Place | undefined;
}

export class SignedHereTxs {
  readonly #byHash = new Map<string, SignedHere>();

  add(signed: SignedHere): void {
    const oldest = this.#byHash.keys().next();
    if (this.#byHash.size >= CAPACITY && oldest.done !== true)
      this.take(oldest.value)?.place?.leave();
    this.#byHash.set(signed.made.tx.hash, signed);
  }

  /** It the first time it is asked for, `undefined` afterwards and for a transaction of another process. */
  take(hash: string): SignedHere | undefined {
    const signed = this.#byHash.get(hash);
    this.#byHash.delete(hash);
    return signed;
  }
}
