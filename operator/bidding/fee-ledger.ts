/**
 * Transaction fees of the last day, in slots of five minutes. They are on chain but no query lists them, so they are kept in
 * one object of the cluster and read back at the start: a restart does not give the budget anew.
 */
import { z } from 'zod';
import type { ChargedTx } from '../../chain/ports.js';

const SLOT_MS = 300_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Where the ledger lies. */
export interface FeeStore {
  /** The text last written, `undefined` when there is none. @throws when it cannot be read */
  load(): Promise<string | undefined>;
  /** Durable once it resolves. @throws when it is not */
  save(text: string): Promise<void>;
}

const schema = z.object({
  slots: z.array(z.object({ startMs: z.number().int(), feesUakt: z.string().regex(/^\d+$/) })),
});

/** Thrown for a ledger that was tampered with or written by another version. */
export class FeeLedgerFormatError extends Error {
  constructor(cause: unknown) {
    super('the ledger of fees cannot be read; delete its object once understood', { cause });
    this.name = 'FeeLedgerFormatError';
  }
}

export interface Fees {
  readonly hourUakt: bigint;
  readonly dayUakt: bigint;
}

export class FeeLedger {
  readonly #store: FeeStore;
  readonly #now: () => number;
  readonly #slots = new Map<number, bigint>();
  #loaded = false;
  #dirty = false;

  /** @param now Unix milliseconds */
  constructor(store: FeeStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** A transaction is in a block: its fee is gone, whatever became of its messages. */
  charge({ fee }: ChargedTx): void {
    const uakt = fee.reduce((sum, c) => (c.denom === 'uakt' ? sum + c.amount : sum), 0n);
    if (uakt === 0n) return;
    this.#add(Math.floor(this.#now() / SLOT_MS) * SLOT_MS, uakt);
    this.#dirty = true;
  }

  /** Fees of the last hour and of the last day, a slot more rather than less. */
  spent(): Fees {
    const now = this.#now();
    const since = (ms: number): bigint =>
      [...this.#slots].reduce(
        (sum, [start, fees]) => (start + SLOT_MS > now - ms ? sum + fees : sum),
        0n,
      );
    return { hourUakt: since(HOUR_MS), dayUakt: since(DAY_MS) };
  }

  /** Adds what earlier processes wrote, once. @throws FeeLedgerFormatError; whatever the store throws */
  async load(): Promise<void> {
    if (this.#loaded) return;
    const text = await this.#store.load();
    if (text !== undefined) {
      for (const { startMs, feesUakt } of read(text)) this.#add(startMs, BigInt(feesUakt));
    }
    this.#loaded = true;
  }

  /** Writes what was charged since the last time. @throws whatever the store throws: then it is written the next time */
  async save(): Promise<void> {
    if (!this.#dirty || !this.#loaded) return;
    this.#dirty = false;
    const oldest = this.#now() - DAY_MS - SLOT_MS;
    for (const start of this.#slots.keys()) if (start < oldest) this.#slots.delete(start);
    const slots = [...this.#slots]
      .sort(([a], [b]) => a - b)
      .map(([startMs, fees]) => ({ startMs, feesUakt: fees.toString() }));
    try {
      await this.#store.save(JSON.stringify({ slots }));
    } catch (error) {
      this.#dirty = true;
      throw error;
    }
  }

  #add(startMs: number, uakt: bigint): void {
    this.#slots.set(startMs, (this.#slots.get(startMs) ?? 0n) + uakt);
  }
}

const read = (text: string): z.infer<typeof schema>['slots'] => {
  try {
    return schema.parse(JSON.parse(text)).slots;
  } catch (cause) {
    throw new FeeLedgerFormatError(cause);
  }
};
