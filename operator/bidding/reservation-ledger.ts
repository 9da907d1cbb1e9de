/**
 * Capacity we promised and pods do not show yet. A cache: after a restart it is rebuilt from intents, Bids and the chain,
 * and every recount drops what neither an order nor a lease stands behind any more.
 */
import type { Reservation } from '../../bidengine/snapshot.js';

export class ReservationLedger {
  readonly #byKey = new Map<string, Reservation>();

  /** Takes or replaces the reservation under its key (order path); holding twice is holding once. */
  hold(reservation: Reservation): void {
    this.#byKey.set(reservation.key, reservation);
  }

  release(key: string): boolean {
    return this.#byKey.delete(key);
  }

  get(key: string): Reservation | undefined {
    return this.#byKey.get(key);
  }

  all(): readonly Reservation[] {
    return [...this.#byKey.values()];
  }

  /** Drops every reservation whose key `stands` does not vouch for; returns the dropped keys. */
  retain(stands: (key: string) => boolean): readonly string[] {
    const dropped = [...this.#byKey.keys()].filter((key) => !stands(key));
    for (const key of dropped) this.#byKey.delete(key);
    return dropped;
  }
}
