/** Kubernetes Events as Berth writes them: one object per happening, its repeats counted in a series. */
import type { KubeEvent, ObjectReference } from './core-objects.js';
import { microTime } from './micro-time.js';

/** Something that happened to an object. */
export interface Happening {
  readonly regarding: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  /** Stable CamelCase code, at most 128 characters. */
  readonly reason: string;
  /** What was being done, CamelCase, for example Bid or Withdraw. */
  readonly action: string;
  /** A sentence for people; cut to 1 kB. */
  readonly note: string;
}

/** A happening with its count. */
export interface Occurrence {
  readonly happening: Happening;
  readonly name: string;
  readonly firstMs: number;
  lastMs: number;
  count: number;
}

/** Longest note the API server takes, bytes. Source: events.k8s.io/v1, "maximal length of the note is 1kB". */
const NOTE_BYTES = 1024;

/** Cuts to 1 kB of UTF-8 without cutting a character in two. */
export const cutNote = (note: string): string => {
  if (Buffer.byteLength(note) <= NOTE_BYTES) return note;
  const bytes = Buffer.from(note).subarray(0, NOTE_BYTES - 3);
  return `${new TextDecoder('utf-8').decode(bytes, { stream: true })}…`;
};

/** Two happenings with the same key are one event, repeated. */
export const eventKey = (h: Happening, note: string): string =>
  JSON.stringify([
    h.regarding.kind,
    h.regarding.namespace,
    h.regarding.name,
    h.regarding.uid,
    h.type,
    h.reason,
    h.action,
    note,
  ]);

/** The Event object; events of cluster-scoped objects live in `default`, as the API server demands. */
export const eventObject = (
  occurrence: Occurrence,
  reporter: { readonly controller: string; readonly instance: string },
): KubeEvent => {
  const { happening, name, count, firstMs, lastMs } = occurrence;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace: happening.regarding.namespace ?? 'default' },
    eventTime: microTime(firstMs),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance.slice(0, 128),
    action: happening.action.slice(0, 128),
    reason: happening.reason.slice(0, 128),
    type: happening.type,
    note: happening.note,
    regarding: happening.regarding,
    ...(count > 1 ? { series: { count, lastObservedTime: microTime(lastMs) } } : {}),
  };
};

/** How Events name an object. */
export const referenceTo = (object: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid?: string };
}): ObjectReference => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  name: object.metadata.name,
  ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
  ...(object.metadata.uid === undefined ? {} : { uid: object.metadata.uid }),
});
