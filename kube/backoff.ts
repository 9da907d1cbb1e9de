/** How long to wait after a failure: doubling, bounded, spread so that many clients do not return at once. */
export interface BackoffOptions {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Between half and all of `minMs * 2^(failures-1)`, at most `maxMs`; `random` gives [0, 1). */
export const backoffMs = (
  failures: number,
  { minMs, maxMs }: BackoffOptions,
  random: () => number,
): number => {
  const full = Math.min(maxMs, minMs * 2 ** Math.min(Math.max(failures, 1) - 1, 30));
  return full * (0.5 + random() / 2);
};
