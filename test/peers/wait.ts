/** Waiting for conditions of the outside world: never a fixed sleep, always a deadline and a reason. */
import { setTimeout as delay } from 'node:timers/promises';

/** A condition that did not come true in time. */
export class WaitTimeoutError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WaitTimeoutError';
  }
}

/** How long and how often to look. */
export interface WaitOptions {
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
  /** Called before each look; what it throws ends the wait at once (a program that died, for example). */
  readonly guard?: () => void;
}

/**
 * Calls `look` until it gives something other than undefined, and returns that. A `look` that throws counts as "not yet".
 * @throws WaitTimeoutError saying what was awaited and what the last failed look said; the signal's reason when aborted
 */
export const waitFor = async <T>(
  what: string,
  look: () => Promise<T | undefined>,
  options: WaitOptions,
): Promise<T> => {
  const deadline = performance.now() + options.timeoutMs;
  let last: unknown;
  for (;;) {
    options.signal?.throwIfAborted();
    options.guard?.();
    try {
      const found = await look();
      if (found !== undefined) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const why = last instanceof Error ? `: ${last.message}` : '';
      throw new WaitTimeoutError(`waited ${options.timeoutMs / 1000} s for ${what}${why}`, {
        cause: last,
      });
    }
    try {
      await delay(options.intervalMs ?? 50, undefined, { signal: options.signal });
    } catch {
      options.signal?.throwIfAborted(); // its own error would hide why
    }
  }
};
