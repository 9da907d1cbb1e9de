/** Several writers, one reader, and no more in between than the reader can take. */

/** A queue of a bounded length, read as an iterable. */
export class Channel<T> {
  readonly #capacity: number;
  #items: T[] = [];
  #ended = false;
  #failure: Error | undefined;
  #waiting: (() => void)[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Resolves when the item is taken in, true, or when nobody reads any more, false. */
  async push(item: T): Promise<boolean> {
    while (!this.#ended && this.#items.length >= this.#capacity) await this.#change();
    if (this.#ended) return false;
    this.#items.push(item);
    this.#wake();
    return true;
  }

  /** What was pushed is still read; then the reader is at the end, or fails with `failure`. Idempotent. */
  end(failure?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#wake();
  }

  /** To be called once. Leaving the loop ends the channel. */
  async *read(): AsyncGenerator<T> {
    try {
      for (;;) {
        const batch = this.#items;
        this.#items = [];
        if (batch.length > 0) this.#wake();
        yield* batch;
        if (this.#items.length > 0) continue;
        if (this.#ended) break;
        await this.#change();
      }
      if (this.#failure !== undefined) throw this.#failure;
    } finally {
      this.end();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
