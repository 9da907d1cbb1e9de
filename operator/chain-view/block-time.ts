/** An estimate of the chain's block time from the blocks themselves; prices per hour and periods in blocks follow it. */
const WINDOW = 21;
/** A block that took this many times what is assumed tells of a halt, not of the pace. */
const HALT_FACTOR = 10;

export class BlockTimeEstimate {
  readonly #times: { height: bigint; timeMs: number }[] = [];
  readonly #assumedMs: number;

  /** @param assumedMs used until two blocks were seen (Akash: about 5900) */
  constructor(assumedMs: number) {
    this.#assumedMs = assumedMs;
  }

  observe(height: bigint, timeMs: number): void {
    const last = this.#times.at(-1);
    if (last !== undefined && height <= last.height) return;
    this.#times.push({ height, timeMs });
    if (this.#times.length > WINDOW) this.#times.shift();
  }

  /**
   * The median pace of the last blocks, milliseconds, at least 1. Not the mean: one halt of an hour would make every block look
   * three minutes long, bids thirty times too dear, and timeouts counted in blocks pass at once.
   */
  ms(): number {
    const paces = this.#times
      .slice(1)
      .map((block, i) => {
        const before = this.#times[i] ?? block;
        return (block.timeMs - before.timeMs) / Number(block.height - before.height);
      })
      .filter((pace) => pace <= HALT_FACTOR * this.#assumedMs);
    if (paces.length === 0) return this.#assumedMs;
    paces.sort((a, b) => a - b);
    const [low = 0, high = low] = [
      paces[Math.floor((paces.length - 1) / 2)],
      paces[Math.floor(paces.length / 2)],
    ];
    return Math.max(1, Math.round((low + high) / 2));
  }
}
