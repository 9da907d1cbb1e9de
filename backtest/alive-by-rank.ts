/** Those of a ranked list that are alive, in the order of their rank. */
export class AliveByRank<T> {
  readonly #all: readonly T[];
  readonly #ranks: number[] = [];

  constructor(all: readonly T[]) {
    this.#all = all;
  }

  add(rank: number): void {
    this.#ranks.splice(this.#place(rank), 0, rank);
  }

  /** An item that ends where it begins is removed before it is added, and so never was. */
  remove(rank: number): void {
    const at = this.#place(rank);
    if (this.#ranks[at] === rank) this.#ranks.splice(at, 1);
  }

  *items(): Generator<T, void, undefined> {
    for (const rank of this.#ranks) {
      const item = this.#all[rank];
      if (item !== undefined) yield item;
    }
  }

  /** Where the rank is, or would be. */
  #place(rank: number): number {
    let [low, high] = [0, this.#ranks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranks[middle] ?? 0) < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
