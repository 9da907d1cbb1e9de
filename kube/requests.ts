/** How each operation of KubeApi looks on the wire. Pure. Source: the Kubernetes API concepts and reference, v1.36. */
import { FIELD_MANAGER } from '../crds/constants.js';
import type { CallOptions, DeleteOptions, ListOptions, ObjectRef, WatchOptions } from './api.js';
import { type Resource, resourceName, resourcePath } from './resources.js';
import type { KubeRequest } from './transport.js';

/** A request without what only its sender knows. */
export type Draft = Omit<KubeRequest, 'idleTimeoutMs'>;

const DEFAULT_PAGE_SIZE = 500;
/** Unknown and duplicate fields are errors, not silence. */
const STRICT = { fieldValidation: 'Strict' };
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

type Query = Readonly<Record<string, string | undefined>>;

const withQuery = (path: string, query: Query): string => {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) params.set(key, value);
  return params.size === 0 ? path : `${path}?${params.toString()}`;
};

const refOf = ({ name, namespace }: ObjectRef): ObjectRef => ({ name, namespace });

export const getRequest = (resource: Resource, ref: ObjectRef, { signal }: CallOptions): Draft => ({
  method: 'GET',
  path: resourcePath(resource, ref),
  target: { verb: 'get', resource: resourceName(resource), ...refOf(ref) },
  signal,
});

/** One page; `next` is the token that the page before gave. */
export const listRequest = (
  resource: Resource,
  options: ListOptions & { readonly metadataOnly?: boolean },
  next: string | undefined,
): Draft => ({
  method: 'GET',
  path: withQuery(resourcePath(resource, { namespace: options.namespace }), {
    limit: String(options.pageSize ?? DEFAULT_PAGE_SIZE),
    continue: next,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
  }),
  target: { verb: 'list', resource: resourceName(resource), namespace: options.namespace },
  accept: options.metadataOnly === true ? METADATA_ONLY : undefined,
  signal: options.signal,
});

export const watchRequest = (resource: Resource, options: WatchOptions): Draft => ({
  method: 'GET',
  path: withQuery(resourcePath(resource, { namespace: options.namespace }), {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: options.resourceVersion,
    timeoutSeconds: String(options.timeoutSeconds),
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
  }),
  target: { verb: 'watch', resource: resourceName(resource), namespace: options.namespace },
  signal: options.signal,
});

export const createRequest = (
  resource: Resource,
  object: { readonly metadata: ObjectRef },
  { signal }: CallOptions,
): Draft => ({
  method: 'POST',
  path: withQuery(resourcePath(resource, { namespace: object.metadata.namespace }), {
    fieldManager: FIELD_MANAGER,
    ...STRICT,
  }),
  target: { verb: 'create', resource: resourceName(resource), ...refOf(object.metadata) },
  body: JSON.stringify(object),
  signal,
});

export const replaceRequest = (
  resource: Resource,
  object: { readonly metadata: ObjectRef },
  { signal }: CallOptions,
): Draft => ({
  method: 'PUT',
  path: withQuery(resourcePath(resource, object.metadata), {
    fieldManager: FIELD_MANAGER,
    ...STRICT,
  }),
  target: { verb: 'update', resource: resourceName(resource), ...refOf(object.metadata) },
  body: JSON.stringify(object),
  signal,
});

export interface ApplyCall extends CallOptions {
  readonly fieldManager: string;
  readonly dryRun?: boolean | undefined;
  readonly subresource?: 'status';
}

export const applyRequest = (
  resource: Resource,
  object: { readonly metadata: ObjectRef },
  { fieldManager, dryRun, subresource, signal }: ApplyCall,
): Draft => ({
  method: 'PATCH',
  path: withQuery(resourcePath(resource, { ...refOf(object.metadata), subresource }), {
    fieldManager,
    force: 'true',
    ...STRICT,
    dryRun: dryRun === true ? 'All' : undefined,
  }),
  target: {
    verb: 'patch',
    resource: resourceName(resource, subresource),
    ...refOf(object.metadata),
  },
  contentType: 'application/apply-patch+yaml',
  body: JSON.stringify(object),
  signal,
});

export const deleteRequest = (
  resource: Resource,
  ref: ObjectRef,
  options: DeleteOptions,
): Draft => {
  const preconditions = { uid: options.uid, resourceVersion: options.resourceVersion };
  return {
    method: 'DELETE',
    path: resourcePath(resource, ref),
    target: { verb: 'delete', resource: resourceName(resource), ...refOf(ref) },
    body: JSON.stringify({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: options.propagation ?? 'Background',
      preconditions,
    }),
    signal: options.signal,
  };
};
