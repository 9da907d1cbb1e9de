/** KubeApi over HTTP, as the API server speaks it. */
import { FIELD_MANAGER, STATUS_FIELD_MANAGER } from '../crds/constants.js';
import type { KubeObject } from '../crds/object.js';
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
} from './api.js';
import { readLines, readText } from './body.js';
import { isKubeExpired, type KubeTarget } from './errors.js';
import { normalise, parseFrame } from './objects.js';
import { matchLabels, type Resource, resourceName, resourcePath } from './resources.js';
import { namesObject, statusError } from './status-error.js';
import type { KubeRequest, KubeTransport } from './transport.js';

const DEFAULT_PAGE_SIZE = 500;
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
/** Unknown and duplicate fields are errors, not silence. */
const STRICT = { fieldValidation: 'Strict' };

export interface HttpKubeApiOptions {
  /** A connection silent for this long while an answer is due counts as dead; default 30 s. */
  readonly requestTimeoutMs?: number;
  /** The same for a watch; bookmarks come about once a minute, default 150 s. */
  readonly watchTimeoutMs?: number;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter?: string | undefined;
}

type Query = Readonly<Record<string, string | undefined>>;

const withQuery = (path: string, query: Query): string => {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) params.set(key, value);
  return params.size === 0 ? path : `${path}?${params.toString()}`;
};

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

export class HttpKubeApi implements KubeApi {
  readonly #transport: KubeTransport;
  readonly #requestTimeoutMs: number;
  readonly #watchTimeoutMs: number;

  constructor(transport: KubeTransport, options: HttpKubeApiOptions = {}) {
    this.#transport = transport;
    this.#requestTimeoutMs = options.requestTimeoutMs ?? 30_000;
    this.#watchTimeoutMs = options.watchTimeoutMs ?? 150_000;
  }

  async get<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    const target = { verb: 'get', resource: resourceName(resource), ...ref };
    const answer = await this.#send({
      method: 'GET',
      path: resourcePath(resource, ref),
      target,
      signal: options.signal,
    });
    if (answer.status === 404 && namesObject(answer.text, ref.name)) return undefined;
    return this.#object(resource, target, answer);
  }

  async *pages<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): AsyncGenerator<Page<T>> {
    yield* this.#pages(resource, options, undefined);
  }

  async list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): Promise<Page<T>> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#collect(this.pages(resource, options));
      } catch (error) {
        if (!isKubeExpired(error) || attempt >= 2) throw error;
      }
    }
  }

  async listLabelled(
    resources: readonly Resource[],
    labels: Readonly<Record<string, string>>,
    options: CallOptions & { readonly namespace?: string | undefined } = {},
  ): Promise<readonly KubeObject[]> {
    const query = { ...options, labelSelector: matchLabels(labels) };
    const lists = await Promise.all(
      resources.map((r) => this.#collect(this.#pages(r, query, METADATA_ONLY))),
    );
    return lists.flatMap((page) => page.items);
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    const target: KubeTarget = {
      verb: 'watch',
      resource: resourceName(resource),
      namespace: options.namespace,
    };
    const path = withQuery(resourcePath(resource, { namespace: options.namespace }), {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: options.resourceVersion,
      timeoutSeconds: String(options.timeoutSeconds),
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
    });
    const response = await this.#transport.send({
      method: 'GET',
      path,
      target,
      idleTimeoutMs: this.#watchTimeoutMs,
      signal: options.signal,
    });
    if (!isSuccess(response.status)) {
      throw statusError(
        target,
        response.status,
        await readText(response.body),
        response.retryAfter,
      );
    }
    for await (const line of readLines(response.body)) yield parseFrame(resource, target, line);
  }

  async create<T extends KubeObject>(
    resource: Resource<T>,
    object: Applied<T>,
    options: CallOptions = {},
  ): Promise<T> {
    const { name, namespace } = object.metadata;
    const target = { verb: 'create', resource: resourceName(resource), namespace, name };
    return this.#write(resource, target, {
      method: 'POST',
      path: withQuery(resourcePath(resource, { namespace }), {
        fieldManager: FIELD_MANAGER,
        ...STRICT,
      }),
      body: JSON.stringify(object),
      signal: options.signal,
    });
  }

  async apply<T extends KubeObject>(
    resource: Resource<T>,
    object: Applied<T>,
    options: ApplyOptions = {},
  ): Promise<T> {
    const { name, namespace } = object.metadata;
    const target = { verb: 'patch', resource: resourceName(resource), namespace, name };
    return this.#write(
      resource,
      target,
      this.#applyRequest(resource, object, options, FIELD_MANAGER),
    );
  }

  async applyStatus<T extends KubeObject>(
    resource: Resource<T>,
    object: AppliedStatus<T>,
    options: ApplyOptions = {},
  ): Promise<T | undefined> {
    const { name, namespace } = object.metadata;
    const target = { verb: 'patch', resource: resourceName(resource, 'status'), namespace, name };
    const request = this.#applyRequest(resource, object, options, STATUS_FIELD_MANAGER, 'status');
    const answer = await this.#send({ ...request, target });
    if (answer.status === 404 && namesObject(answer.text, name)) return undefined;
    return this.#object(resource, target, answer);
  }

  async replace<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: CallOptions = {},
  ): Promise<T> {
    const { name, namespace } = object.metadata;
    const target = { verb: 'update', resource: resourceName(resource), namespace, name };
    return this.#write(resource, target, {
      method: 'PUT',
      path: withQuery(resourcePath(resource, { namespace, name }), {
        fieldManager: FIELD_MANAGER,
        ...STRICT,
      }),
      body: JSON.stringify(object),
      signal: options.signal,
    });
  }

  async delete(resource: Resource, ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    const target = { verb: 'delete', resource: resourceName(resource), ...ref };
    const { uid, resourceVersion } = options;
    const preconditions = {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    };
    const answer = await this.#send({
      method: 'DELETE',
      path: resourcePath(resource, ref),
      target,
      body: JSON.stringify({
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: options.propagation ?? 'Background',
        ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
      }),
      signal: options.signal,
    });
    if (answer.status === 404 && namesObject(answer.text, ref.name)) return false;
    if (!isSuccess(answer.status)) throw this.#error(target, answer);
    return true;
  }

  #applyRequest(
    resource: Resource,
    object: { readonly metadata: ObjectRef },
    options: ApplyOptions,
    manager: string,
    subresource?: string,
  ): Omit<KubeRequest, 'idleTimeoutMs' | 'target'> {
    const { name, namespace } = object.metadata;
    return {
      method: 'PATCH',
      path: withQuery(resourcePath(resource, { namespace, name, subresource }), {
        fieldManager: options.fieldManager ?? manager,
        force: 'true',
        ...STRICT,
        dryRun: options.dryRun === true ? 'All' : undefined,
      }),
      contentType: 'application/apply-patch+yaml',
      body: JSON.stringify(object),
      signal: options.signal,
    };
  }

  async *#pages<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions,
    accept: string | undefined,
  ): AsyncGenerator<Page<T>> {
    const target = { verb: 'list', resource: resourceName(resource), namespace: options.namespace };
    let next: string | undefined;
    do {
      const answer = await this.#send({
        method: 'GET',
        path: withQuery(resourcePath(resource, { namespace: options.namespace }), {
          limit: String(options.pageSize ?? DEFAULT_PAGE_SIZE),
          continue: next,
          labelSelector: options.labelSelector,
          fieldSelector: options.fieldSelector,
        }),
        target,
        accept,
        signal: options.signal,
      });
      if (!isSuccess(answer.status)) throw this.#error(target, answer);
      const list = JSON.parse(answer.text) as {
        readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
        readonly items?: readonly T[] | null;
      };
      yield {
        items: (list.items ?? []).map((item) => normalise(resource, item)),
        resourceVersion: list.metadata?.resourceVersion ?? '',
      };
      next = list.metadata?.continue === '' ? undefined : list.metadata?.continue;
    } while (next !== undefined);
  }

  async #collect<T>(pages: AsyncIterable<Page<T>>): Promise<Page<T>> {
    const items: T[] = [];
    let resourceVersion = '';
    for await (const page of pages) {
      for (const item of page.items) items.push(item);
      resourceVersion = page.resourceVersion;
    }
    return { items, resourceVersion };
  }

  async #send(request: Omit<KubeRequest, 'idleTimeoutMs'>): Promise<Answer> {
    const response = await this.#transport.send({
      ...request,
      idleTimeoutMs: this.#requestTimeoutMs,
    });
    return {
      status: response.status,
      text: await readText(response.body),
      retryAfter: response.retryAfter,
    };
  }

  async #write<T extends KubeObject>(
    resource: Resource<T>,
    target: KubeTarget,
    request: Omit<KubeRequest, 'idleTimeoutMs' | 'target'>,
  ): Promise<T> {
    return this.#object(resource, target, await this.#send({ ...request, target }));
  }

  #object<T extends KubeObject>(resource: Resource<T>, target: KubeTarget, answer: Answer): T {
    if (!isSuccess(answer.status)) throw this.#error(target, answer);
    return normalise(resource, JSON.parse(answer.text) as T);
  }

  #error(target: KubeTarget, answer: Answer): Error {
    return statusError(target, answer.status, answer.text, answer.retryAfter);
  }
}
