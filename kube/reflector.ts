/**
 * Keeps a store equal to a collection: list, then watch; after an error watch again from the last version seen, and
 * list again when that version has expired or watching keeps failing. It never gives up and never stops silently: how
 * long ago the server last said anything is a number to alert on.
 */
import type { KubeObject } from '../crds/object.js';
import { childOf } from './abort.js';
import type { KubeApi } from './api.js';
import { type BackoffOptions, backoffMs } from './backoff.js';
import type { Clock } from './clock.js';
import { isKubeError, isKubeExpired } from './errors.js';
import { keyOf, type Resource } from './resources.js';
import { type ReadStore, Store, type StoreEntry } from './store.js';

export interface ReflectorOptions<T extends KubeObject, P> {
  readonly api: Pick<KubeApi, 'pages' | 'watch'>;
  readonly resource: Resource<T>;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** What to keep of an object; undefined leaves it out. Small projections are what keeps memory small. */
  readonly project: (object: T) => P | undefined;
  readonly clock: Clock;
  /** Gives [0, 1). */
  readonly random: () => number;
  /** Hears of every failure that the reflector recovers from. */
  readonly onError: (error: unknown) => void;
  /** Default 250 ms to 30 s. */
  readonly backoff?: BackoffOptions;
  /** A watch without events and bookmarks for this long is given up; default 180 s (bookmarks come every minute). */
  readonly quietMs?: number;
  /** Shortest time after which the server ends a watch; the actual one lies between this and its double. Default 300 s. */
  readonly watchSeconds?: number;
  readonly pageSize?: number;
}

/** Figures for metrics. */
export interface ReflectorStats {
  readonly lists: number;
  readonly watches: number;
  readonly events: number;
  readonly failures: number;
}

const DEFAULT_BACKOFF: BackoffOptions = { minMs: 250, maxMs: 30_000 };
/** After so many failed watches in a row the version itself is suspect (a restored etcd counts backwards). */
const FAILED_WATCHES_BEFORE_LIST = 3;

const USEFUL_WATCH_MS = 10_000;

/** A watch that said nothing for too long. */
export class QuietWatchError extends Error {
  constructor(resource: string, quietMs: number) {
    super(`watch of ${resource}: neither event nor bookmark in ${quietMs / 1000} s`);
    this.name = 'QuietWatchError';
  }
}

export class Reflector<T extends KubeObject, P> {
  readonly #options: ReflectorOptions<T, P>;
  readonly #store: Store<P>;
  readonly #waiting = new Set<() => void>();
  #version: string | undefined;
  #lastHeardAt: number;
  #stats = { lists: 0, watches: 0, events: 0, failures: 0 };

  constructor(options: ReflectorOptions<T, P>) {
    this.#options = options;
    this.#store = new Store<P>(options.onError);
    this.#lastHeardAt = options.clock.monotonic();
  }

  get store(): ReadStore<P> {
    return this.#store;
  }

  get stats(): ReflectorStats {
    return { ...this.#stats };
  }

  /** Milliseconds since the server last said anything (list, event or bookmark); since construction before that. */
  lastEventAgeMs(): number {
    return this.#options.clock.monotonic() - this.#lastHeardAt;
  }

  /** Resolves when the store has held a complete listing. @throws the signal's reason */
  whenSynced(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#store.synced) {
        resolve();
        return;
      }
      const give = (): void => {
        this.#waiting.delete(done);
        reject(signal.reason as Error);
      };
      const done = (): void => {
        signal.removeEventListener('abort', give);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', give, { once: true });
      if (signal.aborted) give();
    });
  }

  /** Runs until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, onError, random, backoff = DEFAULT_BACKOFF } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      const heardBefore = this.#stats.events;
      let watchingSince = Number.POSITIVE_INFINITY;
      let failed: unknown;
      try {
        if (this.#version === undefined) await this.#list(signal);
        watchingSince = clock.monotonic();
        await this.#watch(signal);
      } catch (error) {
        if ((signal as { readonly aborted: boolean }).aborted) return;
        failed = error;
        this.#stats.failures += 1;
        onError(error);
      }
      // Only a watch that told something, or lasted, proves that all is well: one that ends at once would loop busily.
      const wasUseful =
        this.#stats.events > heardBefore || clock.monotonic() - watchingSince > USEFUL_WATCH_MS;
      failures = wasUseful ? 0 : failures + 1;
      if (isKubeExpired(failed) || failures >= FAILED_WATCHES_BEFORE_LIST)
        this.#version = undefined;
      if (failed === undefined && failures === 0) continue;
      const asked = isKubeError(failed) ? (failed.retryAfterMs ?? 0) : 0;
      await clock.sleep(Math.max(asked, backoffMs(failures, backoff, random)), signal);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { api, resource, namespace, labelSelector, fieldSelector, pageSize } = this.#options;
    this.#stats.lists += 1;
    const entries: StoreEntry<P>[] = [];
    let version = '';
    const options = { namespace, labelSelector, fieldSelector, pageSize, signal };
    for await (const page of api.pages(resource, options)) {
      for (const object of page.items) {
        const entry = this.#entry(object);
        if (entry !== undefined) entries.push(entry);
      }
      version = page.resourceVersion;
      this.#heard();
    }
    this.#version = version;
    this.#store.replaceAll(entries);
    for (const done of this.#waiting) done();
    this.#waiting.clear();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { api, resource, namespace, labelSelector, fieldSelector } = this.#options;
    const { watchSeconds = 300, random } = this.#options;
    const { controller, dispose } = childOf(signal);
    const over = new AbortController();
    const dog = this.#watchdog(controller, over.signal);
    this.#stats.watches += 1;
    try {
      const events = api.watch(resource, {
        namespace,
        labelSelector,
        fieldSelector,
        resourceVersion: this.#version ?? '',
        timeoutSeconds: Math.round(watchSeconds * (1 + random())),
        signal: controller.signal,
      });
      for await (const event of events) {
        this.#heard();
        this.#stats.events += 1;
        if (event.type === 'BOOKMARK') this.#version = event.resourceVersion;
        else this.#take(event.type, event.object);
      }
    } finally {
      over.abort();
      dispose();
      await dog;
    }
  }

  #take(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    this.#version = object.metadata.resourceVersion;
    const entry = type === 'DELETED' ? undefined : this.#entry(object);
    if (entry === undefined) this.#store.remove(keyOf(object));
    else this.#store.put(entry);
  }

  #entry(object: T): StoreEntry<P> | undefined {
    const value = this.#options.project(object);
    if (value === undefined) return undefined;
    return { key: keyOf(object), version: object.metadata.resourceVersion ?? '', value };
  }

  #heard(): void {
    this.#lastHeardAt = this.#options.clock.monotonic();
  }

  /** Aborts `watch` when nothing was heard for too long; ends with `over`. */
  async #watchdog(watch: AbortController, over: AbortSignal): Promise<void> {
    const { clock, quietMs = 180_000, resource } = this.#options;
    const openedAt = clock.monotonic();
    while (!over.aborted) {
      const left = Math.max(this.#lastHeardAt, openedAt) + quietMs - clock.monotonic();
      if (left <= 0) {
        watch.abort(new QuietWatchError(resource.plural, quietMs));
        return;
      }
      await clock.sleep(left, over);
    }
  }
}
