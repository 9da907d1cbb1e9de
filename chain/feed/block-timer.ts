/** How long a block takes, from the block times seen. */

/** Weight of a new sample in the moving average. */
const WEIGHT = 0.2;
const MIN_MS = 50;
const MAX_MS = 60_000;

export class BlockTimer {
  #averageMs: number;
  #last: { readonly height: bigint; readonly timeMs: number } | undefined;

  /** @param initialMs assumed until two blocks were seen */
  constructor(initialMs: number) {
    this.#averageMs = initialMs;
  }

  /** Takes any block; one that is not newer than the last is ignored. */
  note(height: bigint, timeMs: number): void {
    const last = this.#last;
    if (last !== undefined && height <= last.height) return;
    this.#last = { height, timeMs };
    if (last === undefined) return;
    const sample = (timeMs - last.timeMs) / Number(height - last.height);
    const bounded = Math.min(MAX_MS, Math.max(MIN_MS, sample));
    this.#averageMs += WEIGHT * (bounded - this.#averageMs);
  }

  /** Milliseconds per block. */
  blockMs(): number {
    return this.#averageMs;
  }
}
