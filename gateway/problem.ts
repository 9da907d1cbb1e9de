/**
 * Why a request was refused. The code is stable, the message is one sentence for a person; errors become HTTP here and
 * nowhere else. The body is the Akash provider's `{"message"}` with our code beside it (provider-wire 4.3).
 */

import type { Reason } from '../market/reasons.js';

/** Every code the gateway answers with, and its HTTP status. */
export const PROBLEM_STATUS = {
  MalformedRequest: 400,
  AmbiguousCredentials: 400,
  TokenMalformed: 400,
  AuthenticationRequired: 401,
  TokenInvalid: 401,
  TokenExpired: 401,
  TokenNotYetValid: 401,
  TokenLifetimeTooLong: 401,
  TokenSignatureInvalid: 401,
  AccountUnknown: 401,
  AccountHasNoPublicKey: 401,
  CertificateInvalid: 401,
  CertificateExpired: 401,
  CertificateUnknown: 401,
  CertificateRevoked: 401,
  PermissionDenied: 401,
  RouteNotFound: 404,
  LeaseNotFound: 404,
  ManifestNotReceived: 404,
  WorkloadNotFound: 404,
  ServiceNotFound: 404,
  MethodNotAllowed: 405,
  BodyTooLarge: 413,
  UnsupportedEncoding: 415,
  UpgradeRequired: 426,
  ManifestMalformed: 422,
  ManifestHashMismatch: 422,
  ManifestInvalid: 422,
  ManifestGroupsMismatch: 422,
  TooManyRequests: 429,
  InternalError: 500,
  NotImplementedYet: 501,
  ScreeningNotOffered: 501,
  ChainUnavailable: 503,
  ClusterUnavailable: 503,
  ScreeningUnavailable: 503,
  Overloaded: 503,
  ShuttingDown: 503,
} as const;

export type ProblemCode = keyof typeof PROBLEM_STATUS;

export interface ProblemOptions {
  readonly field?: string | undefined;
  readonly retryAfterSeconds?: number;
  readonly reasons?: readonly Reason[];
  readonly cause?: unknown;
}

/** Thrown to refuse a request; everything else that is thrown is a fault of ours. */
export class Problem extends Error {
  readonly code: ProblemCode;
  /** The part of the request at fault, where there is one. */
  readonly field: string | undefined;
  /** Seconds after which trying again may help. */
  readonly retryAfterSeconds: number | undefined;
  /** Everything that is wrong, when it is more than the message says. */
  readonly reasons: readonly Reason[];
  constructor(code: ProblemCode, message: string, options: ProblemOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.reasons = options.reasons ?? [];
  }
}

export const isProblem = (error: unknown): error is Problem => error instanceof Problem;

/** No usable answer from the chain or the API server: the state is unknown. */
export class UpstreamUnavailableError extends Error {
  readonly upstream: 'chain' | 'cluster';
  constructor(upstream: 'chain' | 'cluster', options?: { cause?: unknown }) {
    super(`no answer from the ${upstream}`, options);
    this.name = 'UpstreamUnavailableError';
    this.upstream = upstream;
  }
}

export const isUpstreamUnavailable = (error: unknown): error is UpstreamUnavailableError =>
  error instanceof UpstreamUnavailableError;

/** Seconds a client is told to wait while the chain or the API server does not answer. */
const UPSTREAM_RETRY_SECONDS = 5;

/** What the Node and body parsers call their complaints (`type` or `code` of the error), and what we call them. */
const PARSER_COMPLAINTS: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  'entity.too.large': ['BodyTooLarge', 'the request body is larger than the limit'],
  'encoding.unsupported': ['UnsupportedEncoding', 'the request body must not be compressed'],
  'request.aborted': ['MalformedRequest', 'the request ended before its body was complete'],
  'request.size.invalid': ['MalformedRequest', 'Content-Length does not match the body'],
};

const parserComplaint = (error: unknown): Problem | undefined => {
  if (!(error instanceof Error)) return undefined;
  const type = 'type' in error && typeof error.type === 'string' ? error.type : '';
  const known = PARSER_COMPLAINTS[type];
  if (known !== undefined) return new Problem(known[0], known[1], { field: 'body', cause: error });
  // express rejects a path such as /lease/%zz with a URIError that carries status 400
  if (error instanceof URIError) {
    return new Problem('MalformedRequest', 'the path is not valid percent-encoding', {
      cause: error,
    });
  }
  return undefined;
};

/** Turns anything thrown into the problem the client is told; only an `InternalError` is worth a stack in the log. */
export const toProblem = (error: unknown): Problem => {
  if (isProblem(error)) return error;
  if (isUpstreamUnavailable(error)) {
    const code = error.upstream === 'chain' ? 'ChainUnavailable' : 'ClusterUnavailable';
    const who = error.upstream === 'chain' ? 'the chain' : "the cluster's API server";
    return new Problem(code, `${who} did not answer, nothing was changed; try again`, {
      retryAfterSeconds: UPSTREAM_RETRY_SECONDS,
      cause: error,
    });
  }
  return (
    parserComplaint(error) ??
    new Problem('InternalError', 'the gateway failed to handle the request', { cause: error })
  );
};

/** Status, headers and body of the answer for anything thrown. */
export interface ProblemResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly message: string;
    readonly code: ProblemCode;
    readonly field?: string;
    readonly reasons?: readonly Reason[];
  };
}

/** The one place where an error becomes HTTP. */
export const problemResponse = (problem: Problem): ProblemResponse => {
  const status = PROBLEM_STATUS[problem.code];
  return {
    status,
    headers: {
      ...(problem.retryAfterSeconds === undefined
        ? {}
        : { 'Retry-After': String(Math.ceil(problem.retryAfterSeconds)) }),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
    body: {
      message: problem.message,
      code: problem.code,
      ...(problem.field === undefined ? {} : { field: problem.field }),
      ...(problem.reasons.length === 0 ? {} : { reasons: problem.reasons }),
    },
  };
};
