/** Amounts of what a node has to give, as exact whole numbers, and the arithmetic that never goes below zero. */

/** Counts of MIG slices by the resource that stands for them, for example `nvidia.com/mig-1g.10gb`. */
export type Slices = Readonly<Record<string, bigint>>;

/** Whole units: thousandths of a core, bytes, whole GPUs, pods. */
export interface Quantities {
  readonly milliCpu: bigint;
  readonly memoryBytes: bigint;
  readonly ephemeralBytes: bigint;
  /** Of `nvidia.com/gpu`: whole GPUs, or the slices that stand there under MIG strategy `single`. */
  readonly gpus: bigint;
  readonly pods: bigint;
  /** Absent for none. */
  readonly slices?: Slices | undefined;
}

/** Names of the plain parts of {@link Quantities}, in the order in which shortfalls are reported. */
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

type Op = (x: bigint, y: bigint) => bigint;

const combineSlices = (a: Slices, b: Slices, op: Op): Slices => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const count = op(a[name] ?? 0n, b[name] ?? 0n);
      return count === 0n ? [] : [[name, count]];
    }),
  );
};

const combine = (a: Quantities, b: Quantities, op: Op): Quantities => {
  const plain = {
    milliCpu: op(a.milliCpu, b.milliCpu),
    memoryBytes: op(a.memoryBytes, b.memoryBytes),
    ephemeralBytes: op(a.ephemeralBytes, b.ephemeralBytes),
    gpus: op(a.gpus, b.gpus),
    pods: op(a.pods, b.pods),
  };
  if (a.slices === undefined && b.slices === undefined) return plain;
  return { ...plain, slices: combineSlices(a.slices ?? {}, b.slices ?? {}, op) };
};

/** Part by part. */
export const add = (a: Quantities, b: Quantities): Quantities => combine(a, b, (x, y) => x + y);

/** `a - b` part by part, saturating at zero: an inventory may be wrong, it may never wrap. */
export const subtract = (a: Quantities, b: Quantities): Quantities =>
  combine(a, b, (x, y) => (x > y ? x - y : 0n));

/** The smaller of each part. */
export const least = (a: Quantities, b: Quantities): Quantities =>
  combine(a, b, (x, y) => (x < y ? x : y));

/** The larger of each part. */
export const most = (a: Quantities, b: Quantities): Quantities =>
  combine(a, b, (x, y) => (x > y ? x : y));

/** One part of which more is used than there is. */
export interface Excess {
  /** A {@link Dimension} or the resource of a slice. */
  readonly part: string;
  readonly used: bigint;
  readonly limit: bigint;
}

/** The parts in which `used` is larger than `limit`. */
export const exceeding = (used: Quantities, limit: Quantities): readonly Excess[] => [
  ...DIMENSIONS.filter((d) => used[d] > limit[d]).map((part) => ({
    part,
    used: used[part],
    limit: limit[part],
  })),
  ...Object.entries(used.slices ?? {}).flatMap(([part, count]) => {
    const has = limit.slices?.[part] ?? 0n;
    return count > has ? [{ part, used: count, limit: has }] : [];
  }),
];

/** Whether every part is zero. */
export const isNothing = (q: Quantities): boolean =>
  DIMENSIONS.every((d) => q[d] === 0n) && Object.values(q.slices ?? {}).every((n) => n === 0n);
