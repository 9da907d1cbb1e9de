/** Amounts of what a node has to give, as exact whole numbers, and the arithmetic that never goes below zero. */

/** Whole units: thousandths of a core, bytes, whole GPUs, pods. */
export interface Quantities {
  readonly milliCpu: bigint;
  readonly memoryBytes: bigint;
  readonly ephemeralBytes: bigint;
  readonly gpus: bigint;
  readonly pods: bigint;
}

/** Names of the parts of {@link Quantities}, in the order in which shortfalls are reported. */
export const DIMENSIONS = ['gpus', 'milliCpu', 'memoryBytes', 'ephemeralBytes', 'pods'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Nothing of anything. */
export const NOTHING: Quantities = {
  milliCpu: 0n,
  memoryBytes: 0n,
  ephemeralBytes: 0n,
  gpus: 0n,
  pods: 0n,
};

const combine = (
  a: Quantities,
  b: Quantities,
  op: (x: bigint, y: bigint) => bigint,
): Quantities => ({
  milliCpu: op(a.milliCpu, b.milliCpu),
  memoryBytes: op(a.memoryBytes, b.memoryBytes),
  ephemeralBytes: op(a.ephemeralBytes, b.ephemeralBytes),
  gpus: op(a.gpus, b.gpus),
  pods: op(a.pods, b.pods),
});

/** Part by part. */
export const add = (a: Quantities, b: Quantities): Quantities => combine(a, b, (x, y) => x + y);

/** `a - b` part by part, saturating at zero: an inventory may be wrong, it may never wrap. */
export const subtract = (a: Quantities, b: Quantities): Quantities =>
  combine(a, b, (x, y) => (x > y ? x - y : 0n));

/** The smaller of each part. */
export const least = (a: Quantities, b: Quantities): Quantities =>
  combine(a, b, (x, y) => (x < y ? x : y));

/** The parts in which `used` is larger than `limit`. */
export const exceeding = (used: Quantities, limit: Quantities): readonly Dimension[] =>
  DIMENSIONS.filter((d) => used[d] > limit[d]);

/** Whether every part is zero. */
export const isNothing = (q: Quantities): boolean => DIMENSIONS.every((d) => q[d] === 0n);
