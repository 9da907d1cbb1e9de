/** Time as this room needs it; the operator's clock has the same shape. */
export interface Clock {
  /** Wall clock, Unix milliseconds; only for stamps that people or other processes read. */
  now(): number;
  /** Monotonic milliseconds; for everything that measures. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects and leaves no timer behind. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
