/** The port to the API server: what the rest of Berth may ask of it. `http-api.ts` is the adapter, `testing/fake-kube.ts` a fake. */
import type { KubeObject } from '../crds/object.js';
import type { Resource } from './resources.js';

/** Names one object; `namespace` for namespaced kinds only. */
export interface ObjectRef {
  readonly name: string;
  readonly namespace?: string | undefined;
}

export interface CallOptions {
  /** Aborting it rejects the call with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface ListOptions extends CallOptions {
  readonly namespace?: string | undefined;
  /** For example `a=1,b!=2`. */
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Objects per page, default 500. */
  readonly pageSize?: number | undefined;
}

/** One page of a listing; every page of a listing has the same resource version. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

export interface WatchOptions extends Omit<ListOptions, 'pageSize'> {
  /** Changes after this version are told. */
  readonly resourceVersion: string;
  /** The server ends the watch after this time. */
  readonly timeoutSeconds: number;
}

/** A change; a bookmark carries nothing but how far the watch has come. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export interface ApplyOptions extends CallOptions {
  /** Default `berth`, for status `berth-status`. */
  readonly fieldManager?: string | undefined;
  /** Validate and default without storing. */
  readonly dryRun?: boolean | undefined;
}

export interface DeleteOptions extends CallOptions {
  /** Delete only the object with this uid. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  /** Default Background: dependants go too, after the object. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan' | undefined;
}

/**
 * What is applied: the wanted fields of an object of type T. With `metadata.uid` it changes that very object or
 * conflicts; without, an object that is gone is created anew.
 */
export type Applied<T extends KubeObject> = Omit<T, 'status'>;

/** What is applied to the status subresource. */
export interface AppliedStatus<T extends KubeObject> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectRef & { readonly uid?: string };
  readonly status: T extends { readonly status?: infer S } ? NonNullable<S> : object;
}

/**
 * Typed access. Objects come without managedFields and always with apiVersion and kind. Every method throws a
 * {@link ./errors.KubeError} class: KubeUnavailableError when there was no answer, KubeForbiddenError when a right is
 * missing, KubeUnknownResourceError when the kind is not installed, and those named below.
 */
export interface KubeApi {
  /** The object, or undefined when the API server says that it does not exist. */
  get<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    options?: CallOptions,
  ): Promise<T | undefined>;

  /** All objects, page by page, of one consistent version. @throws KubeExpiredError when it took too long: start again */
  pages<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): AsyncIterable<Page<T>>;

  /** All objects, starting again (twice at most) when the listing expired underway. */
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<Page<T>>;

  /** Only what metadata tells of all objects of several kinds that carry these labels; what pruning compares with. */
  listLabelled(
    resources: readonly Resource[],
    labels: Readonly<Record<string, string>>,
    options?: CallOptions & { readonly namespace?: string | undefined },
  ): Promise<readonly KubeObject[]>;

  /**
   * Changes after a version, until the server ends the watch (the iterator finishes), the signal aborts or something
   * fails. @throws KubeExpiredError when the version is too old
   */
  watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>>;

  /** @throws KubeAlreadyExistsError, KubeInvalidError */
  create<T extends KubeObject>(
    resource: Resource<T>,
    object: Applied<T>,
    options?: CallOptions,
  ): Promise<T>;

  /** Server-side apply, forced. @throws KubeInvalidError; KubeConflictError when `metadata.uid` is another object's */
  apply<T extends KubeObject>(
    resource: Resource<T>,
    object: Applied<T>,
    options?: ApplyOptions,
  ): Promise<T>;

  /** Server-side apply of the status, forced; undefined when the object is gone. @throws KubeInvalidError */
  applyStatus<T extends KubeObject>(
    resource: Resource<T>,
    object: AppliedStatus<T>,
    options?: ApplyOptions,
  ): Promise<T | undefined>;

  /** Replaces the object of that resource version. @throws KubeConflictError when it has changed, KubeNotFoundError when gone */
  replace<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options?: CallOptions,
  ): Promise<T>;

  /** Whether there was something to delete; it may linger until its finalizers are gone. @throws KubeConflictError when a precondition does not hold */
  delete(resource: Resource, ref: ObjectRef, options?: DeleteOptions): Promise<boolean>;
}
