/** Deadlines of unordered transactions, which are also their nonces: unique per signer, in nanoseconds. */

/** The chain refuses a deadline more than ten minutes after the latest block (real-node.md). */
export const MAX_TIMEOUT_SECONDS = 600;

const NS_PER_MS = 1_000_000n;
const SPREAD_NS = 1_000_000_000;
/** A twentieth of the lifetime. */
const SPREAD_NS_PER_MS = 50_000;
/** Nonces that are not given twice; more than this many are not signed within one lifetime. */
const REMEMBERED = 20_000;

/** Gives each transaction of one key a deadline that no other one has. */
export class NonceSource {
  readonly #timeoutSeconds: number;
  readonly #random: () => number;
  readonly #used = new Set<bigint>();

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
   * @param lifetimeMs time from that block to the deadline; the spread is at most a twentieth of it
   */
  next(blockTimeMs: number, lifetimeMs = this.#timeoutSeconds * 1000): bigint {
    const base = BigInt(Math.floor(blockTimeMs + lifetimeMs)) * NS_PER_MS;
    const spread = Math.min(SPREAD_NS, lifetimeMs * SPREAD_NS_PER_MS);
    let nonce = base + BigInt(Math.floor(this.#random() * spread));
    while (this.#used.has(nonce)) nonce += 1n;
    this.#used.add(nonce);
    if (this.#used.size > REMEMBERED) this.#forgetOldest();
    return nonce;
  }

  #forgetOldest(): void {
    const oldest = this.#used.values().next();
    if (oldest.done !== true) this.#used.delete(oldest.value);
  }
}

/** Whether no block after one of `blockTimeMs` can hold a transaction with this deadline. */
export const isPast = (timeoutNs: bigint, blockTimeMs: number): boolean =>
  BigInt(Math.floor(blockTimeMs)) * NS_PER_MS > timeoutNs;
