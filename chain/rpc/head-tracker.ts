/** The newest head that anything in this process has seen, shared so that signing needs no round trip of its own. */
import type { ChainHead } from '../ports.js';
import type { ChainClock } from '../clock.js';

/** Where the chain stands, at least. */
export type SeenHead = Pick<ChainHead, 'height' | 'timeMs'>;

export class HeadTracker {
  readonly #clock: ChainClock;
  #head: SeenHead | undefined;
  #seenAt = -Infinity;
  #advancedAt = -Infinity;
  #waiters = new Set<() => void>();

  constructor(clock: ChainClock) {
    this.#clock = clock;
  }

  /** Notes a head; an older one than the newest known changes nothing. */
  note(head: SeenHead): void {
    if (this.#head !== undefined && head.height < this.#head.height) return;
    this.#seenAt = this.#clock.now();
    if (this.#head?.height === head.height) return;
    this.#head = { height: head.height, timeMs: head.timeMs };
    this.#advancedAt = this.#seenAt;
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const wake of waiters) wake();
  }

  /** The newest head if it was confirmed within `maxAgeMs`. */
  fresh(maxAgeMs: number): SeenHead | undefined {
    return this.#clock.now() - this.#seenAt <= maxAgeMs ? this.#head : undefined;
  }

  /** Monotonic milliseconds since the head last moved; `Infinity` before the first. */
  sinceAdvanceMs(): number {
    return this.#clock.now() - this.#advancedAt;
  }

  /** Resolves when the head moves, after `ms`, or when `signal` aborts. */
  async moved(ms: number, signal?: AbortSignal): Promise<void> {
    const over = new AbortController();
    const stop = (): void => {
      over.abort();
    };
    this.#waiters.add(stop);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    await this.#clock.sleep(ms, over.signal);
    this.#waiters.delete(stop);
    signal?.removeEventListener('abort', stop);
  }
}
