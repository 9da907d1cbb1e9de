/**
 * How far we have seen the chain, and how long ago. Everything that spends money or destroys something asks here first:
 * an old view makes no bids and tears nothing down.
 */
import type { Block } from '../../market/events.js';
import type { Reason } from '../../market/reasons.js';
import type { Clock } from '../clock.js';
import { BlockTimeEstimate } from './block-time.js';

/** Blocks whose arrival is remembered. */
const ARRIVALS_KEPT = 64n;

export class ChainView {
  readonly #clock: Clock;
  readonly #staleAfterMs: number;
  readonly #blockTime: BlockTimeEstimate;
  #height = 0n;
  #timeMs = 0;
  #seenAt = Number.NEGATIVE_INFINITY;
  readonly #arrivals = new Map<bigint, number>();

  constructor(clock: Clock, staleAfterMs: number, assumedBlockTimeMs: number) {
    this.#clock = clock;
    this.#staleAfterMs = staleAfterMs;
    this.#blockTime = new BlockTimeEstimate(assumedBlockTimeMs);
  }

  /** Takes note of a committed block; older ones change nothing. */
  observe(block: Pick<Block, 'height' | 'timeMs' | 'arrivedAt'>): void {
    if (block.height <= this.#height) return;
    this.#height = block.height;
    this.#timeMs = block.timeMs;
    this.#seenAt = this.#clock.monotonic();
    this.#arrivals.set(block.height, block.arrivedAt ?? this.#seenAt);
    this.#arrivals.delete(block.height - ARRIVALS_KEPT);
    this.#blockTime.observe(block.height, block.timeMs);
  }

  /** Newest height seen, 0 before the first block. */
  get height(): bigint {
    return this.#height;
  }

  /** Block time of that height, Unix milliseconds. */
  get timeMs(): number {
    return this.#timeMs;
  }

  /** Monotonic milliseconds at which the first word of a recent block came. */
  arrivalOf(height: bigint): number | undefined {
    return this.#arrivals.get(height);
  }

  /** Measured milliseconds per block. */
  get blockTimeMs(): number {
    return this.#blockTime.ms();
  }

  stalenessMs(): number {
    return this.#clock.monotonic() - this.#seenAt;
  }

  /** Why nothing may be decided on this view, or `undefined` when it is fresh. */
  staleness(): Reason | undefined {
    if (this.#height === 0n) {
      return {
        code: 'ChainNeverSeen',
        message: 'No block has been seen from any chain endpoint since start.',
      };
    }
    const age = this.stalenessMs();
    if (age <= this.#staleAfterMs) return undefined;
    return {
      code: 'ChainStale',
      message: `The last block seen is ${this.#height}, ${Math.round(age / 1000)} s ago; no bids and no teardown until a new one is seen.`,
    };
  }
}
