/**
 * Which keys need work. A key is queued once however often it is added, is never worked on twice at the same time, and
 * comes back when it was added during its work. Semantics: client-go's rate-limiting workqueue.
 */
import type { Clock } from './clock.js';

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** First delay after a failure; doubles per failure of the same key. Default 5 ms. */
  readonly baseDelayMs?: number;
  /** Default 16 min. */
  readonly maxDelayMs?: number;
}

interface Delayed {
  readonly dueAt: number;
  readonly cancel: AbortController;
}

export class WorkQueue<K extends string = string> {
  readonly #clock: Clock;
  readonly #baseDelayMs: number;
  readonly #maxDelayMs: number;
  /** In order of arrival; every key that is ready and not in work. */
  readonly #ready = new Set<K>();
  readonly #working = new Set<K>();
  /** Added while in work: ready again when done. */
  readonly #again = new Set<K>();
  readonly #delayed = new Map<K, Delayed>();
  readonly #failures = new Map<K, number>();
  readonly #takers = new Set<() => void>();
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock;
    this.#baseDelayMs = options.baseDelayMs ?? 5;
    this.#maxDelayMs = options.maxDelayMs ?? 16 * 60_000;
  }

  /** Keys that are ready now. */
  get depth(): number {
    return this.#ready.size;
  }

  get inWork(): number {
    return this.#working.size;
  }

  /** Keys that wait for a delay to pass. */
  get delayed(): number {
    return this.#delayed.size;
  }

  /** Makes a key ready; after its work if it is in work. Does nothing after `close`. */
  add(key: K): void {
    if (this.#closed) return;
    if (this.#working.has(key)) {
      this.#again.add(key);
      return;
    }
    this.#ready.add(key);
    this.#wakeOne();
  }

  /** `add` after `delayMs`; of several the earliest counts. */
  addAfter(key: K, delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueAt = this.#clock.monotonic() + delayMs;
    const present = this.#delayed.get(key);
    if (present !== undefined) {
      if (present.dueAt <= dueAt) return;
      present.cancel.abort();
    }
    const entry: Delayed = { dueAt, cancel: new AbortController() };
    this.#delayed.set(key, entry);
    void this.#clock.sleep(delayMs, entry.cancel.signal).then(() => {
      if (this.#delayed.get(key) !== entry) return;
      this.#delayed.delete(key);
      this.add(key);
    });
  }

  /** `addAfter` with the key's next back-off delay, or `atLeastMs` if that is longer. @returns the delay, milliseconds */
  addRateLimited(key: K, atLeastMs = 0): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const backoff = Math.min(this.#maxDelayMs, this.#baseDelayMs * 2 ** Math.min(failures, 40));
    const delayMs = Math.max(backoff, atLeastMs);
    this.addAfter(key, delayMs);
    return delayMs;
  }

  /** How many failures in a row the key has. */
  failures(key: K): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The key succeeded: its next failure starts with the shortest delay. */
  forget(key: K): void {
    this.#failures.delete(key);
  }

  /** The next ready key, which is then in work until `done`; undefined when the queue is closed or the signal aborts. */
  async next(signal: AbortSignal): Promise<K | undefined> {
    while (!this.#closed && !signal.aborted) {
      const [key] = this.#ready;
      if (key !== undefined) {
        this.#ready.delete(key);
        this.#working.add(key);
        return key;
      }
      await this.#arrival(signal);
    }
    // This taker may have been woken for a key that it now leaves to another.
    if (this.#ready.size > 0) this.#wakeOne();
    return undefined;
  }

  /** Ends the work on a key. @throws Error when it is not in work */
  done(key: K): void {
    if (!this.#working.delete(key)) throw new Error(`key ${key} is not in work`);
    if (this.#again.delete(key)) this.add(key);
  }

  /** Ends every `next` and every delay; keys in work may still be `done`. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel.abort();
    this.#delayed.clear();
    this.#ready.clear();
    this.#again.clear();
    for (const wake of [...this.#takers]) wake();
  }

  #wakeOne(): void {
    const [wake] = this.#takers;
    wake?.();
  }

  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#takers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#takers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
