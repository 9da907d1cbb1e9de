/** Objects as they come over the wire, and as Berth hands them on. */
import type { KubeObject, ObjectMeta } from '../crds/object.js';
import type { WatchEvent } from './api.js';
import type { KubeTarget } from './errors.js';
import { apiVersionOf, type Resource } from './resources.js';
import { statusError } from './status-error.js';

/** Items of a list come without apiVersion and kind; managedFields are often larger than the rest and never needed. */
export const normalise = <T extends KubeObject>(resource: Resource<T>, object: T): T => {
  const { managedFields: _, ...metadata } = object.metadata as ObjectMeta & {
    managedFields?: unknown;
  };
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata };
};

interface Frame {
  readonly type: string;
  readonly object: KubeObject;
}

/** One line of a watch. @throws KubeError for an ERROR frame or one that makes no sense */
export const parseFrame = <T extends KubeObject>(
  resource: Resource<T>,
  target: KubeTarget,
  line: string,
): WatchEvent<T> => {
  const { type, object } = JSON.parse(line) as Frame;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: normalise(resource, object as T) };
    case 'BOOKMARK':
      return { type, resourceVersion: object.metadata.resourceVersion ?? '' };
    default:
      throw statusError(target, 0, JSON.stringify(object));
  }
};
