/**
 * A level-triggered loop: runs its task on a rhythm and whenever it is woken, one run at a time, with back-off after a
 * failure. Waking while it runs makes it run once more. It stops with its signal, after the run in progress.
 */
import type { Clock } from './clock.js';

export interface LoopOptions {
  readonly clock: Clock;
  /** Longest pause between two runs, milliseconds. */
  readonly everyMs: number;
  /** First pause after a failure; doubles up to `everyMs`. */
  readonly retryMs?: number;
  readonly onError: (error: unknown) => void;
}

export class Loop {
  readonly #task: (signal: AbortSignal) => Promise<void>;
  readonly #options: LoopOptions;
  #wake: AbortController = new AbortController();
  #woken = false;
  #soon = false;
  #signal: AbortSignal = new AbortController().signal;

  constructor(task: (signal: AbortSignal) => Promise<void>, options: LoopOptions) {
    this.#task = task;
    this.#options = options;
  }

  /** Asks for a run as soon as the present one, if any, is over. */
  wake(): void {
    this.#woken = true;
    this.#wake.abort();
  }

  /** Asks for a run after `ms`; wishes that come meanwhile are served by the same one. For what comes in bursts. */
  wakeAfter(ms: number): void {
    if (this.#soon) return;
    this.#soon = true;
    void this.#options.clock.sleep(ms, this.#signal).then(() => {
      this.#soon = false;
      this.wake();
    });
  }

  /** Runs until `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    let failures = 0;
    while (!signal.aborted) {
      this.#woken = false;
      this.#wake = new AbortController();
      try {
        await this.#task(signal);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!(signal as { readonly aborted: boolean }).aborted) this.#options.onError(error);
      }
      await this.#pause(failures, signal);
    }
  }

  async #pause(failures: number, signal: AbortSignal): Promise<void> {
    const { clock, everyMs, retryMs = 250 } = this.#options;
    if (failures > 0) {
      // A wake-up must not defeat the back-off: what fails is usually what the wake-up is about.
      await clock.sleep(Math.min(everyMs, retryMs * 2 ** Math.min(failures - 1, 16)), signal);
      return;
    }
    if (this.#woken) return;
    await clock.sleep(everyMs, AbortSignal.any([signal, this.#wake.signal]));
  }
}
