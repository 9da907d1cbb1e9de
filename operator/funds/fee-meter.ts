/** What transactions cost of late, as the lane tells of each: how the wallet's end is foreseen. */
import type { ChargedTx } from '../../chain/ports.js';
import type { Clock } from '../clock.js';

const HOUR_MS = 3_600_000;
/** Fees older than this no longer count. */
const WINDOW_MS = 6 * HOUR_MS;
/** A shorter time of watching tells nothing. */
const LEAST_MS = HOUR_MS / 12;
/** Fees are kept by slots of this length. */
const SLOT_MS = HOUR_MS / 12;

export class FeeMeter {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #since: number;
  readonly #slots = new Map<number, bigint>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  /** A transaction was charged now, whether it took effect or not. */
  note({ fee }: Pick<ChargedTx, 'fee'>): void {
    const uakt = fee.reduce((sum, c) => (c.denom === 'uakt' ? sum + c.amount : sum), 0n);
    const slot = Math.floor(this.#clock.monotonic() / SLOT_MS);
    this.#slots.set(slot, (this.#slots.get(slot) ?? 0n) + uakt);
    const oldest = slot - WINDOW_MS / SLOT_MS;
    for (const kept of this.#slots.keys()) if (kept <= oldest) this.#slots.delete(kept);
  }

  /** uakt per hour over the last hours, cut; `undefined` in the first minutes. */
  perHour(): bigint | undefined {
    const now = this.#clock.monotonic();
    const watched = Math.min(now - this.#since, WINDOW_MS);
    if (watched < LEAST_MS) return undefined;
    const oldest = Math.floor((now - WINDOW_MS) / SLOT_MS);
    let sum = 0n;
    for (const [slot, uakt] of this.#slots) if (slot > oldest) sum += uakt;
    return (sum * BigInt(HOUR_MS)) / BigInt(Math.round(watched));
  }
}
