/**
 * How soon to look again at what is not yet where it should be: quickly while it moves, ever more rarely while it stands
 * still. What stays broken for days then costs little, and what is about to be done is seen at once.
 */
const DOUBLINGS = 10;

export class Pace {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #still = new Map<string, number>();

  /**
   * @param firstMs pause after a look that found a change
   * @param longestMs longest pause
   */
  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  /** Milliseconds until the next look at `key`; doubles with each look in a row that found no change. */
  next(key: string, changed: boolean): number {
    const still = changed ? 0 : (this.#still.get(key) ?? -1) + 1;
    this.#still.set(key, Math.min(still, DOUBLINGS));
    return Math.min(this.#longestMs, this.#firstMs * 2 ** still);
  }

  /** `key` is where it should be, or gone. */
  forget(key: string): void {
    this.#still.delete(key);
  }
}
