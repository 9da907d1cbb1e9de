/** Rate limits: one token bucket per key, with a bound on how many keys are remembered. */

export interface BucketOptions {
  /** Requests that may come at once. */
  readonly burst: number;
  /** Requests per second in the long run. */
  readonly perSecond: number;
  /** Keys remembered at most; the one longest unused is forgotten first. */
  readonly maxKeys: number;
}

export type BucketVerdict =
  { readonly ok: true } | { readonly ok: false; readonly retryAfterSeconds: number };

export interface TokenBuckets {
  /** Takes one token of `key`'s bucket. */
  take(key: string): BucketVerdict;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Buckets that start full and refill steadily. `now` is monotonic milliseconds. */
export const createTokenBuckets = (options: BucketOptions, now: () => number): TokenBuckets => {
  const buckets = new Map<string, Bucket>();
  return {
    take: (key) => {
      const atMs = now();
      const old = buckets.get(key) ?? { tokens: options.burst, atMs };
      const refill = ((atMs - old.atMs) / 1000) * options.perSecond;
      const tokens = Math.min(options.burst, old.tokens + refill);
      const ok = tokens >= 1;
      // Deleting first keeps the map in order of last use, which makes forgetting the oldest one step.
      buckets.delete(key);
      buckets.set(key, { tokens: ok ? tokens - 1 : tokens, atMs });
      if (buckets.size > options.maxKeys) {
        for (const oldest of buckets.keys()) {
          buckets.delete(oldest);
          break;
        }
      }
      return ok ? { ok } : { ok, retryAfterSeconds: (1 - tokens) / options.perSecond };
    },
  };
};
