/** Time and randomness as the chain room takes them, so that tests can hold both. */

/** Monotonic time, timers and a source of jitter. */
export interface ChainClock {
  /** Monotonic milliseconds; only differences mean anything. */
  now(): number;
  /** Wall-clock Unix milliseconds; never used for a deadline on chain. */
  wallMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

/** The process's own clock. */
export const systemClock: ChainClock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};

/** Reads `signal.aborted` anew each time; TypeScript would otherwise believe what an earlier check found. */
export const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Full jitter over an exponential: between half and all of `baseMs * 2^attempt`, at most `maxMs`. */
export const backoffMs = (
  attempt: number,
  baseMs: number,
  maxMs: number,
  random: () => number,
): number => {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 20));
  return full / 2 + (full / 2) * random();
};
