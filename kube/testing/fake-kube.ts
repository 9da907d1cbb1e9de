/**
 * An API server in memory for unit tests: versions, generations, field owners, finalizers, preconditions, watches, and
 * the defaults of our own kinds. It validates nothing else and runs no controllers (a deleted namespace takes nothing
 * with it). test/contract/kube holds it to the real one.
 */
import { FIELD_MANAGER, STATUS_FIELD_MANAGER } from '../../crds/constants.js';
import type { KubeObject } from '../../crds/object.js';
import type {
  Applied,
  AppliedStatus,
  ApplyOptions,
  CallOptions,
  DeleteOptions,
  KubeApi,
  ListOptions,
  ObjectRef,
  Page,
  WatchEvent,
  WatchOptions,
} from '../api.js';
import {
  KubeAlreadyExistsError,
  KubeConflictError,
  type KubeErrorDetails,
  KubeExpiredError,
  KubeNotFoundError,
  KubeUnavailableError,
} from '../errors.js';
import { apiVersionOf, matchLabels, type Resource, resourceName } from '../resources.js';
import { defaulted, merged, same, stamped, succeeding } from './fake-objects.js';
import { FakeStore, type HistoryEntry, type Row, type Stored } from './fake-store.js';
import { matchesFields, matchesLabels } from './selectors.js';

/** Called before each request; what it throws is what the request fails with. */
export type Fault = (verb: string, resource: string, name: string | undefined) => void;

interface Change {
  readonly manager: string;
  /** What the manager wants from now on. */
  readonly wanted: unknown;
  readonly dryRun: boolean;
}

const details = (
  verb: string,
  resource: Resource,
  ref: Partial<ObjectRef>,
  [status, reason]: readonly [number, string],
): KubeErrorDetails => ({
  target: { verb, resource: resourceName(resource), name: ref.name, namespace: ref.namespace },
  status,
  reason,
});
const CONFLICT = [409, 'Conflict'] as const;
/** What create and replace write belongs to another entry than what the same manager applies, so an apply never drops it. */
const UPDATES = `${FIELD_MANAGER} (update)`;

const withoutStatus = (object: object): object => {
  const { status: _, ...rest } = object as { readonly status?: unknown };
  return rest;
};

const selects =
  (options: ListOptions) =>
  (object: Stored | undefined): object is Stored =>
    object !== undefined &&
    (options.namespace === undefined || object.metadata.namespace === options.namespace) &&
    matchesLabels(options.labelSelector, object.metadata.labels) &&
    matchesFields(options.fieldSelector, object);

/** What a watch of a selection is told of a change: an object that leaves the selection counts as deleted. */
const eventOf = (entry: HistoryEntry, options: WatchOptions): WatchEvent<Stored> | undefined => {
  const selected = selects(options);
  const was = selected(entry.before);
  if (selected(entry.after)) return { type: was ? 'MODIFIED' : 'ADDED', object: entry.after };
  return was ? { type: 'DELETED', object: entry.last } : undefined;
};

/** A copy for the caller. */
const copy = <T extends KubeObject>(_of: Resource<T>, object: Stored): T =>
  structuredClone(object) as KubeObject as T;

export class FakeKube implements KubeApi {
  readonly #store = new FakeStore();
  readonly #nowMs: () => number;
  #uids = 0;
  #fault: Fault = () => undefined;

  /** `nowMs`: the server's clock, Unix milliseconds. */
  constructor(nowMs: () => number = () => 0) {
    this.#nowMs = nowMs;
  }

  /** Makes requests fail until the returned function is called. */
  failWith(fault: Fault): () => void {
    this.#fault = fault;
    return () => {
      this.#fault = () => undefined;
    };
  }

  /** Makes the server unreachable until the returned function is called; running watches end. */
  goAway(): () => void {
    const restore = this.failWith((verb, resource, name) => {
      const target = { verb, resource, name };
      throw new KubeUnavailableError('no answer', { target, status: 0, reason: '' });
    });
    this.#store.wake();
    return restore;
  }

  /** Forgets the history: watches from older versions get 410, as after etcd's compaction. */
  compact(): void {
    this.#store.compact();
  }

  async get<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    this.#enter('get', resource, ref.name, options);
    const object = this.#store.row(resource, ref)?.object;
    return object === undefined ? undefined : copy(resource, object);
  }

  async *pages<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): AsyncGenerator<Page<T>> {
    this.#enter('list', resource, undefined, options);
    const all = this.#store.objects(resource).filter(selects(options));
    const resourceVersion = String(this.#store.version);
    const size = options.pageSize ?? 500;
    let start = 0;
    do {
      const items = all.slice(start, start + size).map((o) => copy(resource, o));
      yield { items, resourceVersion };
      start += size;
    } while (start < all.length);
  }

  async list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): Promise<Page<T>> {
    const items: T[] = [];
    let resourceVersion = '';
    for await (const page of this.pages(resource, options)) {
      items.push(...page.items);
      resourceVersion = page.resourceVersion;
    }
    return { items, resourceVersion };
  }

  async listLabelled(
    resources: readonly Resource[],
    labels: Readonly<Record<string, string>>,
    options: CallOptions & { readonly namespace?: string | undefined } = {},
  ): Promise<readonly KubeObject[]> {
    const query = { ...options, labelSelector: matchLabels(labels) };
    const pages = await Promise.all(resources.map((r) => this.list(r, query)));
    return pages
      .flatMap((p) => p.items)
      .map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata }));
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    let seen = Number(options.resourceVersion);
    for (;;) {
      this.#enter('watch', resource, undefined, options);
      if (!this.#store.remembers(seen)) {
        const expired = details('watch', resource, {}, [410, 'Expired']);
        throw new KubeExpiredError(`too old resource version: ${seen}`, expired);
      }
      const next = this.#store.next(seen);
      if (next === undefined) {
        await this.#store.change(options.signal);
        continue;
      }
      seen = next.version;
      const event = next.resource === resourceName(resource) ? eventOf(next, options) : undefined;
      if (event !== undefined)
        yield structuredClone(event) as WatchEvent<KubeObject> as WatchEvent<T>;
    }
  }

  async create<T extends KubeObject>(
    resource: Resource<T>,
    object: Applied<T>,
    options: CallOptions = {},
  ): Promise<T> {
    this.#enter('create', resource, object.metadata.name, options);
    if (this.#store.row(resource, object.metadata) !== undefined) {
      const exists = details('create', resource, object.metadata, [409, 'AlreadyExists']);
      throw new KubeAlreadyExistsError('there is one already', exists);
    }
    const change = { manager: UPDATES, wanted: withoutStatus(object), dryRun: false };
    return copy(resource, this.#add(resource, change));
  }

  async apply<T extends KubeObject>(
    resource: Resource<T>,
    object: Applied<T>,
    options: ApplyOptions = {},
  ): Promise<T> {
    this.#enter('patch', resource, object.metadata.name, options);
    const change = {
      manager: options.fieldManager ?? FIELD_MANAGER,
      wanted: structuredClone(withoutStatus(object)),
      dryRun: options.dryRun === true,
    };
    const row = this.#store.row(resource, object.metadata);
    this.#requireUid('patch', resource, object.metadata, row);
    if (row === undefined) return copy(resource, this.#add(resource, change));
    const next = defaulted(resource, merged(row, change.manager, change.wanted));
    return copy(resource, this.#change(resource, row, next, change));
  }

  async applyStatus<T extends KubeObject>(
    resource: Resource<T>,
    object: AppliedStatus<T>,
    options: ApplyOptions = {},
  ): Promise<T | undefined> {
    this.#enter('patch', resource, object.metadata.name, options);
    const row = this.#store.row(resource, object.metadata);
    if (row === undefined) return undefined;
    this.#requireUid('patch', resource, object.metadata, row);
    const change = {
      manager: options.fieldManager ?? STATUS_FIELD_MANAGER,
      wanted: structuredClone({ status: object.status }),
      dryRun: options.dryRun === true,
    };
    return copy(
      resource,
      this.#change(resource, row, merged(row, change.manager, change.wanted), change),
    );
  }

  async replace<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: CallOptions = {},
  ): Promise<T> {
    const { name, resourceVersion } = object.metadata;
    this.#enter('update', resource, name, options);
    const row = this.#store.row(resource, object.metadata);
    if (row === undefined) {
      const gone = details('update', resource, object.metadata, [404, 'NotFound']);
      throw new KubeNotFoundError('there is none', gone);
    }
    if (resourceVersion !== undefined && resourceVersion !== row.object.metadata.resourceVersion)
      throw new KubeConflictError(
        'it changed',
        details('update', resource, object.metadata, CONFLICT),
      );
    const { status } = row.object;
    const wanted = {
      ...withoutStatus(object),
      ...(status === undefined ? {} : { status }),
    } as Stored;
    const change = { manager: UPDATES, wanted: withoutStatus(object), dryRun: false };
    return copy(resource, this.#change(resource, row, defaulted(resource, wanted), change));
  }

  async delete(resource: Resource, ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    this.#enter('delete', resource, ref.name, options);
    const row = this.#store.row(resource, ref);
    if (row === undefined) return false;
    const { uid, resourceVersion, finalizers = [], deletionTimestamp } = row.object.metadata;
    const holds =
      (options.uid ?? uid) === uid &&
      (options.resourceVersion ?? resourceVersion) === resourceVersion;
    if (!holds)
      throw new KubeConflictError('it is another', details('delete', resource, ref, CONFLICT));
    if (finalizers.length === 0) this.#store.remove(resource, row.object);
    else if (deletionTimestamp === undefined) {
      const object = stamped(row.object, { deletionTimestamp: this.#time() });
      this.#store.put(resource, { ...row, object });
    }
    return true;
  }

  #enter(verb: string, resource: Resource, name: string | undefined, options: CallOptions): void {
    options.signal?.throwIfAborted();
    this.#fault(verb, resourceName(resource), name);
  }

  #time(): string {
    return new Date(this.#nowMs()).toISOString().replace(/\.\d{3}Z$/, 'Z');
  }

  #requireUid(
    verb: string,
    resource: Resource,
    { name, namespace, uid }: ObjectRef & { readonly uid?: string },
    row: Row | undefined,
  ): void {
    if (uid === undefined || row?.object.metadata.uid === uid) return;
    const conflict = details(verb, resource, { name, namespace }, CONFLICT);
    throw new KubeConflictError('it is another object', conflict);
  }

  #add(resource: Resource, { manager, wanted, dryRun }: Change): Stored {
    this.#uids += 1;
    const named = {
      ...(wanted as Stored),
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
    };
    const object = defaulted(
      resource,
      stamped(named, {
        uid: `uid-${this.#uids}`,
        generation: 1,
        creationTimestamp: this.#time(),
      }),
    );
    return dryRun
      ? object
      : this.#store.put(resource, { object, applied: new Map([[manager, wanted]]) });
  }

  /** Stores a change of an object; one that changes nothing gets no new version. */
  #change(resource: Resource, row: Row, next: Stored, { manager, wanted, dryRun }: Change): Stored {
    const object = succeeding(row.object, next);
    if (dryRun) return object;
    const applied = new Map(row.applied).set(manager, wanted);
    if (same(object, row.object))
      return this.#store.keep(resource, { object: row.object, applied });
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    return deletionTimestamp !== undefined && finalizers.length === 0
      ? this.#store.remove(resource, object)
      : this.#store.put(resource, { object, applied });
  }
}
