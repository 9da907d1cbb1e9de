/**
 * What can go wrong with a request to the API server, one class per thing that a caller handles differently.
 * "No answer" (KubeUnavailableError) is never mistaken for "the object is not there": only a 404 that names the very
 * object counts as absence, and `get` and `delete` report that as a value, not as an error.
 */

/** What was asked: verb, resource and, where there is one, the object. */
export interface KubeTarget {
  /** As RBAC names it: get, list, watch, create, update, patch, delete. */
  readonly verb: string;
  /** Plural with group and subresource, for example `computeleases.berth.dev/status`. */
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** One field that the API server refused. Source: metav1.StatusCause. */
export interface FieldCause {
  readonly field: string;
  readonly message: string;
  readonly reason: string;
}

export interface KubeErrorDetails {
  readonly target: KubeTarget;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** metav1.Status reason, for example Conflict; empty when there is none. */
  readonly reason: string;
  readonly causes?: readonly FieldCause[];
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

const describe = (target: KubeTarget): string =>
  `${target.verb} ${target.resource}` +
  (target.name === undefined
    ? ''
    : ` ${target.namespace === undefined ? '' : `${target.namespace}/`}${target.name}`);

/** Any failed request; the classes below say which kind. */
export class KubeError extends Error {
  readonly target: KubeTarget;
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly FieldCause[];
  /** How long the server asked us to wait, milliseconds. */
  readonly retryAfterMs: number | undefined;
  constructor(message: string, details: KubeErrorDetails) {
    super(`${describe(details.target)}: ${message}`, { cause: details.cause });
    this.name = new.target.name;
    this.target = details.target;
    this.status = details.status;
    this.reason = details.reason;
    this.causes = details.causes ?? [];
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** No answer, or one that says "not now" (429, 5xx): ask again later, conclude nothing. */
export class KubeUnavailableError extends KubeError {}
/** The object changed since it was read, or a precondition (uid, resourceVersion) does not hold. */
export class KubeConflictError extends KubeError {}
/** `create` met an object of that name. */
export class KubeAlreadyExistsError extends KubeError {}
/** The account may not do this; `target` names verb and resource for the role that lacks them. */
export class KubeForbiddenError extends KubeError {}
/** The credentials were not accepted. */
export class KubeUnauthorizedError extends KubeError {}
/** The object breaks a rule of its schema; `causes` name the fields. */
export class KubeInvalidError extends KubeError {}
/** The resource version or continue token is too old (410): list again. */
export class KubeExpiredError extends KubeError {}
/** The API server has no such resource: a definition is not installed. */
export class KubeUnknownResourceError extends KubeError {}
/** What the request refers to (for example its namespace) is not there. */
export class KubeNotFoundError extends KubeError {}

export const isKubeError = (e: unknown): e is KubeError => e instanceof KubeError;
export const isKubeUnavailable = (e: unknown): e is KubeUnavailableError =>
  e instanceof KubeUnavailableError;
export const isKubeConflict = (e: unknown): e is KubeConflictError =>
  e instanceof KubeConflictError;
export const isKubeAlreadyExists = (e: unknown): e is KubeAlreadyExistsError =>
  e instanceof KubeAlreadyExistsError;
export const isKubeForbidden = (e: unknown): e is KubeForbiddenError =>
  e instanceof KubeForbiddenError;
export const isKubeUnauthorized = (e: unknown): e is KubeUnauthorizedError =>
  e instanceof KubeUnauthorizedError;
export const isKubeInvalid = (e: unknown): e is KubeInvalidError => e instanceof KubeInvalidError;
export const isKubeExpired = (e: unknown): e is KubeExpiredError => e instanceof KubeExpiredError;
export const isKubeUnknownResource = (e: unknown): e is KubeUnknownResourceError =>
  e instanceof KubeUnknownResourceError;
export const isKubeNotFound = (e: unknown): e is KubeNotFoundError =>
  e instanceof KubeNotFoundError;
