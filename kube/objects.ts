/** Objects as they come over the wire, and as Berth hands them on. */
import type { KubeObject, ObjectMeta } from '../crds/object.js';
import type { WatchEvent } from './api.js';
import { type KubeTarget, KubeUnavailableError } from './errors.js';
import { apiVersionOf, type Resource } from './resources.js';
import { statusError } from './status-error.js';

/** Items of a list come without apiVersion and kind; managedFields are often larger than the rest and never needed. */
export const normalise = <T extends KubeObject>(resource: Resource<T>, object: T): T => {
  const { managedFields: _, ...metadata } = object.metadata as ObjectMeta & {
    managedFields?: unknown;
  };
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata };
};

/** @throws KubeUnavailableError when the text is no JSON: cut off, or from something that is no API server */
export const parseJson = (target: KubeTarget, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const start = text.slice(0, 100);
    const details = { target, status: 0, reason: '', cause };
    throw new KubeUnavailableError(`the answer is no JSON: "${start}"`, details);
  }
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
  const { type, object } = parseJson(target, line) as Frame;
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
