/** The in-memory mirror of a collection. It is a cache: the API server is the truth, and a listing rebuilds it. */

/** One key's change; a new key has no `before`, a removed one no `after`. */
export interface StoreChange<P> {
  readonly key: string;
  readonly before: P | undefined;
  readonly after: P | undefined;
}

/** Called for each change, in order; may only take note (enqueue a key), since events wait meanwhile. */
export type StoreListener<P> = (change: StoreChange<P>) => void;

/** What consumers see of a store. */
export interface ReadStore<P> {
  /** Whether it has held a complete listing; before that, absence means nothing. */
  readonly synced: boolean;
  readonly size: number;
  get(key: string): P | undefined;
  keys(): readonly string[];
  values(): readonly P[];
  /** @returns a function that ends the subscription */
  subscribe(listener: StoreListener<P>): () => void;
}

interface Entry<P> {
  readonly version: string;
  readonly value: P;
}

/** A new entry of a store; `version` is the object's resourceVersion. */
export interface StoreEntry<P> extends Entry<P> {
  readonly key: string;
}

export class Store<P> implements ReadStore<P> {
  #entries = new Map<string, Entry<P>>();
  /** Until the next change; a collection is read far more often than it changes. */
  #values: readonly P[] | undefined;
  readonly #listeners = new Set<StoreListener<P>>();
  readonly #onListenerError: (error: unknown) => void;
  #synced = false;

  /** `onListenerError` hears of listeners that threw; the others are called all the same. */
  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  get synced(): boolean {
    return this.#synced;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): P | undefined {
    return this.#entries.get(key)?.value;
  }

  keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  values(): readonly P[] {
    return (this.#values ??= Array.from(this.#entries.values(), (e) => e.value));
  }

  subscribe(listener: StoreListener<P>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes a complete listing: tells of what is new, changed (by version) or gone since. */
  replaceAll(listing: readonly StoreEntry<P>[]): void {
    const before = this.#entries;
    this.#values = undefined;
    this.#entries = new Map(listing.map(({ key, version, value }) => [key, { version, value }]));
    this.#synced = true;
    for (const [key, entry] of this.#entries) {
      const old = before.get(key);
      if (old?.version !== entry.version)
        this.#tell({ key, before: old?.value, after: entry.value });
    }
    for (const [key, old] of before) {
      if (!this.#entries.has(key)) this.#tell({ key, before: old.value, after: undefined });
    }
  }

  put({ key, version, value }: StoreEntry<P>): void {
    const before = this.#entries.get(key);
    if (before?.version === version) return;
    this.#values = undefined;
    this.#entries.set(key, { version, value });
    this.#tell({ key, before: before?.value, after: value });
  }

  remove(key: string): void {
    const before = this.#entries.get(key);
    if (before === undefined) return;
    this.#values = undefined;
    this.#entries.delete(key);
    this.#tell({ key, before: before.value, after: undefined });
  }

  #tell(change: StoreChange<P>): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}
