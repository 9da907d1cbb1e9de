/** What transactions cost of late, from their outcomes: how the wallet's end is foreseen. */
import type { TxLane, TxOutcome } from '../../chain/ports.js';
import { Decimal, truncate } from '../../market/money.js';
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

  /** @param uakt a fee that was paid now */
  note(uakt: bigint): void {
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

/** The same lane; what each included transaction cost is noted, executed or not. @param uaktPerGas the lane's gas price */
export const metered = (lane: TxLane, meter: FeeMeter, uaktPerGas: Decimal): TxLane => {
  const noted = (outcome: TxOutcome): TxOutcome => {
    if (outcome.status === 'included') {
      meter.note(truncate(uaktPerGas.times(new Decimal(outcome.gasWanted.toString()))));
    }
    return outcome;
  };
  return {
    address: lane.address,
    sign: (messages, options) => lane.sign(messages, options),
    discard: (tx) => lane.discard(tx),
    onCharged: (listener) => lane.onCharged(listener),
    broadcast: async (tx, signal, onPending) => noted(await lane.broadcast(tx, signal, onPending)),
    submit: async (messages, options) => noted(await lane.submit(messages, options)),
  };
};
