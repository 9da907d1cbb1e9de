/**
 * Places that a few may hold at once, given by urgency and then by age. Less urgent work may only take some of the places,
 * so that one is free, or soon is, whenever something urgent comes.
 */
import { ChainUnavailableError } from '../ports.js';
import { PRIORITIES } from './priority.js';
import type { TxPriority } from './priority.js';

/** How many places may be taken, by whomever, when work of this urgency takes one more. Above 0. */
export type GateLimits = Readonly<Record<TxPriority, number>>;

interface Waiter {
  readonly rank: number;
  readonly admit: () => void;
}

export class PriorityGate {
  readonly #limits: GateLimits;
  readonly #waiters = PRIORITIES.map((): Waiter[] => []);
  #taken = 0;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  /** Resolves with the function that gives the place back; calling it twice is calling it once. @throws ChainUnavailableError when aborted */
  async enter(priority: TxPriority, signal?: AbortSignal): Promise<() => void> {
    await this.#admitted(PRIORITIES.indexOf(priority), signal);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#taken -= 1;
      this.#admitNext();
    };
  }

  #admitted(rank: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiters[rank] ?? [];
      const aborted = (): void => {
        queue.splice(queue.indexOf(waiter), 1);
        reject(new ChainUnavailableError('aborted while waiting for its turn'));
      };
      const waiter: Waiter = {
        rank,
        admit: () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        },
      };
      queue.push(waiter);
      if (signal?.aborted === true) {
        aborted();
        return;
      }
      signal?.addEventListener('abort', aborted, { once: true });
      this.#admitNext();
    });
  }

  /** The most urgent ones first; one that finds its limit reached does not let a less urgent one pass. */
  #admitNext(): void {
    for (const [rank, queue] of this.#waiters.entries()) {
      const limit = this.#limits[PRIORITIES[rank] ?? 'withdraw'];
      while (queue.length > 0 && this.#taken < limit) {
        this.#taken += 1;
        queue.shift()?.admit();
      }
      if (queue.length > 0) return;
    }
  }
}
