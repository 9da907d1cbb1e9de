/**
 * Everything that waits for the key, most urgent first, handed to the signer in batches: one call signs many documents, and
 * five hundred withdrawals hold a bid up by one small batch at most.
 */
import { isReasonError } from '../../market/reasons.js';
import type { Signer } from '../ports.js';
import { PRIORITIES } from './priority.js';
import type { TxPriority } from './priority.js';

/**
 * Documents in one call, by urgency: a batch that is being signed cannot be overtaken. A block's bids are one call, because a
 * signer elsewhere writes its counters for each.
 */
const MOST_AT_ONCE: Readonly<Record<TxPriority, number>> = { close: 256, bid: 256, withdraw: 4 };

interface Waiting {
  readonly bytes: Uint8Array;
  readonly resolve: (signature: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

export class SignQueue {
  readonly #signer: Signer;
  readonly #waiting: Readonly<Record<TxPriority, Waiting[]>> = { close: [], bid: [], withdraw: [] };
  #running = false;

  constructor(signer: Signer) {
    this.#signer = signer;
  }

  /** The signature over one sign document. Rejects with why this one is refused, or with whatever its whole batch is rejected with. */
  sign(bytes: Uint8Array, priority: TxPriority): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#waiting[priority].push({ bytes, resolve, reject });
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    // What is asked for in the same turn of the event loop goes into the same batch.
    await new Promise((resolve) => setImmediate(resolve));
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
      await this.#signBatch(batch);
    }
    this.#running = false;
  }

  #next(): readonly Waiting[] {
    const priority = PRIORITIES.find((p) => this.#waiting[p].length > 0);
    return priority === undefined ? [] : this.#waiting[priority].splice(0, MOST_AT_ONCE[priority]);
  }

  async #signBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const signatures = await this.#signer.signBatch(batch.map((w) => w.bytes));
      batch.forEach(({ resolve, reject }, i) => {
        const signature = signatures[i];
        if (signature === undefined) {
          reject(
            new Error(
              `the signer gave ${signatures.length} signatures for ${batch.length} documents`,
            ),
          );
        } else if (isReasonError(signature)) reject(signature);
        else resolve(signature);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
