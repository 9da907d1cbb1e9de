/** Numbers that look random and are the same in every run with the same seed (mulberry32, 32 bits of state). */

/** A number in [0, 1) at each call. Good enough for a demand model, not for secrets. */
export type Random = () => number;

export const randomOf = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A position, each as likely as its weight says. */
export const pick = (random: Random, weights: readonly number[]): number => {
  let left = random() * weights.reduce((sum, w) => sum + w, 0);
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return i;
  }
  return weights.length - 1;
};

/** A count whose mean is `mean` (Poisson). */
export const count = (random: Random, mean: number): number => {
  const limit = Math.exp(-mean);
  let product = random();
  let n = 0;
  while (product > limit) {
    product *= random();
    n += 1;
  }
  return n;
};

/** A time between events that come independently, in units of their mean distance. */
export const waitingTime = (random: Random): number => -Math.log(1 - random());

/** Roughly normal around 0, never beyond 3: the sum of three even draws. */
export const bump = (random: Random): number => 2 * (random() + random() + random()) - 3;

/** A value at an even draw, between quantiles that are evenly spaced. */
export const fromQuantiles = (random: Random, quantiles: readonly number[]): number => {
  const at = random() * (quantiles.length - 1);
  const low = quantiles[Math.floor(at)] ?? 0;
  const high = quantiles[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
};
