/** An estimate of the chain's block time from the blocks themselves; prices per hour and periods in blocks follow it. */
const WINDOW = 21;

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

  /** Mean milliseconds per block over the last blocks, at least 1. */
  ms(): number {
    const first = this.#times[0];
    const last = this.#times.at(-1);
    if (first === undefined || last === undefined || last.height === first.height)
      return this.#assumedMs;
    return Math.max(
      1,
      Math.round((last.timeMs - first.timeMs) / Number(last.height - first.height)),
    );
  }
}
