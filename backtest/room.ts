/**
 * How much still fits where demands differ in the kinds they accept. Amounts per set of accepted kinds can be served together
 * exactly when, for every set of kinds, the demands that accept nothing else are no more than what those kinds have (Hall's
 * condition for a transport problem). The servable amounts form a polymatroid, over which serving the densest first is best.
 */

/** Sets of kinds that are looked at, at most; leaving some out only loosens the bound. */
const MOST_SETS = 4_096;

/** The sets that can bind: unions of the sets that demands accept. */
const unionsOf = (masks: readonly number[]): readonly number[] => {
  const unions = new Set<number>();
  for (const mask of new Set(masks)) {
    for (const known of [...unions]) {
      if (unions.size >= MOST_SETS) break;
      unions.add(known | mask);
    }
    unions.add(mask);
  }
  return [...unions];
};

export class Room {
  readonly #sets: readonly number[];
  readonly #capacity: readonly number[];
  readonly #slack: number[];
  /** Sets that hold a mask, by mask. */
  readonly #holding = new Map<number, readonly number[]>();

  /**
   * @param capacity whole units per kind; kind k is bit k of a mask, at most 30 kinds
   * @param masks every mask that will be asked for
   */
  constructor(capacity: readonly number[], masks: readonly number[]) {
    if (capacity.length > 30) throw new RangeError(`at most 30 kinds, got ${capacity.length}`);
    this.#sets = unionsOf(masks);
    this.#capacity = this.#sets.map((set) =>
      capacity.reduce((sum, units, kind) => ((set >> kind) & 1 ? sum + units : sum), 0),
    );
    this.#slack = [...this.#capacity];
    for (const mask of new Set(masks)) {
      this.#holding.set(
        mask,
        this.#sets.flatMap((set, i) => ((set & mask) === mask ? [i] : [])),
      );
    }
  }

  /** Makes everything free again. */
  clear(): void {
    for (const [i, units] of this.#capacity.entries()) this.#slack[i] = units;
  }

  /** Takes as much of `units` as fits beside what was taken before, and says how much. */
  take(mask: number, units: number): number {
    const holding = this.#holding.get(mask) ?? [];
    let most = units;
    for (const i of holding) most = Math.min(most, this.#slack[i] ?? 0);
    for (const i of holding) this.#slack[i] = (this.#slack[i] ?? 0) - most;
    return most;
  }
}
