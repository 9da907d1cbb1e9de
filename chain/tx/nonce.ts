/** Deadlines of unordered transactions, which are also their nonces: unique per signer, in nanoseconds. */

/** The chain refuses a deadline more than ten minutes after the latest block (real-node.md). */
export const MAX_TIMEOUT_SECONDS = 600;

const NS_PER_MS = 1_000_000n;
const SPREAD_NS = 1_000_000_000;

/** Gives each transaction of one key a deadline that no other one has. */
export class NonceSource {
  readonly #timeoutSeconds: number;
  readonly #random: () => number;
  #last = 0n;

  /** @param timeoutSeconds whole or fractional, above 0, at most 590 so that the spread stays within the chain's limit */
  constructor(timeoutSeconds: number, random: () => number) {
    if (!(timeoutSeconds > 0 && timeoutSeconds <= MAX_TIMEOUT_SECONDS - 10)) {
      throw new RangeError(
        `timeoutSeconds must be above 0 and at most ${MAX_TIMEOUT_SECONDS - 10}, got ${timeoutSeconds}`,
      );
    }
    this.#timeoutSeconds = timeoutSeconds;
    this.#random = random;
  }

  /**
   * Unix nanoseconds, `timeoutSeconds` after the block time, spread over a further second: another process with the
   * same key (a leader that was just replaced) must not choose the same one.
   * @param blockTimeMs time of the latest block, Unix milliseconds
   */
  next(blockTimeMs: number): bigint {
    const base = BigInt(Math.floor(blockTimeMs + this.#timeoutSeconds * 1000)) * NS_PER_MS;
    const candidate = base + BigInt(Math.floor(this.#random() * SPREAD_NS));
    this.#last = candidate > this.#last ? candidate : this.#last + 1n;
    return this.#last;
  }
}

/** Whether no block after one of `blockTimeMs` can hold a transaction with this deadline. */
export const isPast = (timeoutNs: bigint, blockTimeMs: number): boolean =>
  BigInt(Math.floor(blockTimeMs)) * NS_PER_MS > timeoutNs;
