import { systemClock as chainClock } from '../chain/clock.js';

/** Time as the controllers see it: injected, so that tests shorten outages without faking them. */
export interface Clock {
  /** Wall clock, Unix milliseconds; only for stamps that people read. */
  now(): number;
  /** Monotonic milliseconds; for everything that measures. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => chainClock.sleep(ms, signal),
};
