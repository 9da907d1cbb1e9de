/** From an answer of the API server that is no success to the error that says so. Source: metav1.Status. */
import {
  type FieldCause,
  KubeAlreadyExistsError,
  KubeConflictError,
  KubeError,
  type KubeErrorDetails,
  KubeExpiredError,
  KubeForbiddenError,
  KubeInvalidError,
  KubeNotFoundError,
  type KubeTarget,
  KubeUnauthorizedError,
  KubeUnavailableError,
  KubeUnknownResourceError,
} from './errors.js';

interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly Partial<FieldCause>[];
  };
}

/** A body that is no metav1.Status (a proxy's page, "404 page not found") becomes its message. */
const parseStatus = (body: string): Status => {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Not JSON: fall through, the text itself is the message.
  }
  return { message: body.trim().slice(0, 300) };
};

/** Milliseconds of a Retry-After header in its seconds form, which is the one the API server sends. */
const retryAfterMs = (header: string | undefined, status: Status): number | undefined => {
  const seconds = Number(header ?? status.details?.retryAfterSeconds ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
};

/**
 * An apply whose lists hold a key twice (say, an environment variable) is answered with 500 and no reason, as if the
 * server had failed; nothing but these words tells it from a real failure. Retrying it would never help.
 */
const isMalformedApply = (code: number, status: Status): boolean =>
  code === 500 && status.message?.startsWith('failed to create typed patch object') === true;

const build = (
  code: number,
  status: Status,
  message: string,
  details: KubeErrorDetails,
): KubeError => {
  const { reason, target } = details;
  switch (code) {
    case 401:
      return new KubeUnauthorizedError(message, details);
    case 403:
      return new KubeForbiddenError(message, details);
    case 404:
      return (status.details?.name ?? '') === ''
        ? new KubeUnknownResourceError(`the API server has no ${target.resource}`, details)
        : new KubeNotFoundError(message, details);
    case 409:
      return reason === 'AlreadyExists'
        ? new KubeAlreadyExistsError(message, details)
        : new KubeConflictError(message, details);
    case 410:
      return new KubeExpiredError(message, details);
    case 422:
      return new KubeInvalidError(message, details);
    default:
      if (isMalformedApply(code, status)) return new KubeInvalidError(message, details);
      return code === 429 || code >= 500
        ? new KubeUnavailableError(message, details)
        : new KubeError(message, details);
  }
};

/**
 * The error for an HTTP answer, or for the Status object of a watch's ERROR event. `code` is the HTTP status, or 0 to
 * take the one in the body.
 */
export const statusError = (
  target: KubeTarget,
  code: number,
  body: string,
  retryAfter?: string,
): KubeError => {
  const status = parseStatus(body);
  const effective = code === 0 ? (status.code ?? 500) : code;
  const message = status.message ?? `HTTP ${effective}`;
  return build(effective, status, message === '' ? `HTTP ${effective}` : message, {
    target,
    status: effective,
    reason: status.reason ?? '',
    causes: (status.details?.causes ?? []).map((c) => ({
      field: c.field ?? '',
      message: c.message ?? '',
      reason: c.reason ?? '',
    })),
    retryAfterMs: retryAfterMs(retryAfter, status),
  });
};

/** Whether a 404 body says that the very object `name` is absent, rather than its namespace or its kind. */
export const namesObject = (body: string, name: string): boolean => {
  const status = parseStatus(body);
  return status.reason === 'NotFound' && status.details?.name === name;
};
