/** What a fake API server remembers: objects, who applied which of their fields, and the history that watches read. */
import type { KubeObject } from '../../crds/object.js';
import type { ObjectRef } from '../api.js';
import { type Resource, resourceName } from '../resources.js';
import { stamped } from './fake-objects.js';

export type Stored = KubeObject & Readonly<Record<string, unknown>>;

export interface Row {
  readonly object: Stored;
  /** What each manager applied last, by manager. */
  readonly applied: ReadonlyMap<string, unknown>;
}

/** One change; `before` is absent for a new object, `after` for one that is gone, whose last state is `last`. */
export interface HistoryEntry {
  readonly version: number;
  readonly resource: string;
  readonly before: Stored | undefined;
  readonly after: Stored | undefined;
  readonly last: Stored;
}

const keyOf = (resource: Resource, ref: ObjectRef): string => {
  const at = resource.namespaced ? `${ref.namespace ?? ''}/${ref.name}` : ref.name;
  return `${resourceName(resource)} ${at}`;
};

export class FakeStore {
  readonly #rows = new Map<string, Row>();
  readonly #history: HistoryEntry[] = [];
  readonly #watchers = new Set<() => void>();
  #version = 0;
  #forgotten = 0;

  get version(): number {
    return this.#version;
  }

  row(resource: Resource, ref: ObjectRef): Row | undefined {
    return this.#rows.get(keyOf(resource, ref));
  }

  /** All objects of a resource, by namespace and name. */
  objects(resource: Resource): readonly Stored[] {
    return [...this.#rows]
      .filter(([key]) => key.startsWith(`${resourceName(resource)} `))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => row.object);
  }

  /** Stores a new state under a new version. */
  put(resource: Resource, row: Row): Stored {
    const key = keyOf(resource, row.object.metadata);
    const before = this.#rows.get(key)?.object;
    const object = this.#versioned(row.object);
    this.#rows.set(key, { ...row, object });
    this.#tell({ resource: resourceName(resource), before, after: object, last: object });
    return object;
  }

  /** Notes who applied what, for a change that changed nothing. */
  keep(resource: Resource, row: Row): Stored {
    this.#rows.set(keyOf(resource, row.object.metadata), row);
    return row.object;
  }

  remove(resource: Resource, object: Stored): Stored {
    const key = keyOf(resource, object.metadata);
    const before = this.#rows.get(key)?.object;
    const last = this.#versioned(object);
    this.#rows.delete(key);
    this.#tell({ resource: resourceName(resource), before, after: undefined, last });
    return last;
  }

  compact(): void {
    this.#forgotten = this.#version;
    this.#history.length = 0;
  }

  /** Whether history reaches back to what came right after `version`. */
  remembers(version: number): boolean {
    return version >= this.#forgotten;
  }

  /** The first change after `version`; every version is one change, so its place is known. */
  next(version: number): HistoryEntry | undefined {
    return this.#history[Math.max(0, version - this.#forgotten)];
  }

  /** Resolves at the next change, `wake` or abort. */
  change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#watchers.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#watchers.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  wake(): void {
    for (const wake of [...this.#watchers]) wake();
  }

  #versioned(object: Stored): Stored {
    this.#version += 1;
    return structuredClone(stamped(object, { resourceVersion: String(this.#version) }));
  }

  #tell(entry: Omit<HistoryEntry, 'version'>): void {
    this.#history.push({ version: this.#version, ...entry });
    this.wake();
  }
}
