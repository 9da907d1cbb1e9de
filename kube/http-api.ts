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
import { normalise, parseFrame, parseJson } from './objects.js';
import {
  applyRequest,
  createRequest,
  deleteRequest,
  type Draft,
  getRequest,
  listRequest,
  replaceRequest,
  watchRequest,
} from './requests.js';
import { matchLabels, type Resource } from './resources.js';
import { namesObject, statusError } from './status-error.js';
import type { KubeTransport } from './transport.js';

/** How often a listing that expired underway is begun again. */
const LIST_ATTEMPTS = 3;

export interface HttpKubeApiOptions {
  /** A connection silent for this long while an answer is due counts as dead; default 30 s. */
  readonly requestTimeoutMs?: number;
  /** The same for a watch; bookmarks come about once a minute, default 150 s. */
  readonly watchTimeoutMs?: number;
}

interface Answer {
  readonly target: KubeTarget;
  readonly status: number;
  readonly text: string;
  readonly retryAfter?: string | undefined;
}

interface List<T> {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly T[] | null;
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const checked = (answer: Answer): Answer => {
  if (isSuccess(answer.status)) return answer;
  throw statusError(answer.target, answer.status, answer.text, answer.retryAfter);
};

/** @throws KubeError when the answer is no success */
const objectOf = <T extends KubeObject>(resource: Resource<T>, answer: Answer): T =>
  normalise(resource, parseJson(answer.target, checked(answer).text) as T);

/** Whether the server said that the very object asked for is not there. */
const isAbsent = (answer: Answer): boolean =>
  answer.status === 404 && namesObject(answer.text, answer.target.name ?? '');

const collect = async <T>(pages: AsyncIterable<Page<T>>): Promise<Page<T>> => {
  const items: T[] = [];
  let resourceVersion = '';
  for await (const page of pages) {
    for (const item of page.items) items.push(item);
    resourceVersion = page.resourceVersion;
  }
  return { items, resourceVersion };
};

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
    const answer = await this.#send(getRequest(resource, ref, options));
    return isAbsent(answer) ? undefined : objectOf(resource, answer);
  }

  pages<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): AsyncGenerator<Page<T>> {
    return this.#pages(resource, options);
  }

  async list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): Promise<Page<T>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await collect(this.#pages(resource, options));
      } catch (error) {
        if (!isKubeExpired(error) || attempt >= LIST_ATTEMPTS) throw error;
      }
    }
  }

  async listLabelled(
    resources: readonly Resource[],
    labels: Readonly<Record<string, string>>,
    options: CallOptions & { readonly namespace?: string | undefined } = {},
  ): Promise<readonly KubeObject[]> {
    const query = { ...options, labelSelector: matchLabels(labels), metadataOnly: true };
    const lists = await Promise.all(resources.map((r) => collect(this.#pages(r, query))));
    return lists.flatMap((page) => page.items);
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    const draft = watchRequest(resource, options);
    const { target } = draft;
    const idleTimeoutMs = this.#watchTimeoutMs;
    const { status, body, retryAfter } = await this.#transport.send({ ...draft, idleTimeoutMs });
    if (!isSuccess(status)) throw statusError(target, status, await readText(body), retryAfter);
    for await (const line of readLines(body)) yield parseFrame(resource, target, line);
  }

  async create<T extends KubeObject>(
    resource: Resource<T>,
    object: Applied<T>,
    options: CallOptions = {},
  ): Promise<T> {
    return objectOf(resource, await this.#send(createRequest(resource, object, options)));
  }

  async apply<T extends KubeObject>(
    resource: Resource<T>,
    object: Applied<T>,
    options: ApplyOptions = {},
  ): Promise<T> {
    const call = { ...options, fieldManager: options.fieldManager ?? FIELD_MANAGER };
    return objectOf(resource, await this.#send(applyRequest(resource, object, call)));
  }

  async applyStatus<T extends KubeObject>(
    resource: Resource<T>,
    object: AppliedStatus<T>,
    options: ApplyOptions = {},
  ): Promise<T | undefined> {
    const fieldManager = options.fieldManager ?? STATUS_FIELD_MANAGER;
    const call = { ...options, fieldManager, subresource: 'status' } as const;
    const answer = await this.#send(applyRequest(resource, object, call));
    return isAbsent(answer) ? undefined : objectOf(resource, answer);
  }

  async replace<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: CallOptions = {},
  ): Promise<T> {
    return objectOf(resource, await this.#send(replaceRequest(resource, object, options)));
  }

  async delete(resource: Resource, ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    const answer = await this.#send(deleteRequest(resource, ref, options));
    if (isAbsent(answer)) return false;
    checked(answer);
    return true;
  }

  async *#pages<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions & { readonly metadataOnly?: boolean },
  ): AsyncGenerator<Page<T>> {
    let next: string | undefined;
    do {
      const answer = checked(await this.#send(listRequest(resource, options, next)));
      const { items, metadata } = parseJson(answer.target, answer.text) as List<T>;
      yield {
        items: (items ?? []).map((item) => normalise(resource, item)),
        resourceVersion: metadata?.resourceVersion ?? '',
      };
      next = metadata?.continue === '' ? undefined : metadata?.continue;
    } while (next !== undefined);
  }

  async #send(draft: Draft): Promise<Answer> {
    const request = { ...draft, idleTimeoutMs: this.#requestTimeoutMs };
    const { status, body, retryAfter } = await this.#transport.send(request);
    return { target: draft.target, status, text: await readText(body), retryAfter };
  }
}
