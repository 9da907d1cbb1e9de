/** The one place where an error becomes a gRPC status. */
import { Metadata, status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import { PROBLEM_STATUS } from '../problem.js';
import type { Problem } from '../problem.js';

/** HTTP status of a problem to gRPC's code, after google.rpc's table of both (google/rpc/code.proto). */
const BY_HTTP: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  404: status.NOT_FOUND,
  413: status.RESOURCE_EXHAUSTED,
  422: status.INVALID_ARGUMENT,
  429: status.RESOURCE_EXHAUSTED,
  500: status.INTERNAL,
  501: status.UNIMPLEMENTED,
  503: status.UNAVAILABLE,
};

/**
 * The status of a call that was refused. Its text begins with the stable code, which is in the trailer `berth-code` too; the trailer
 * `retry-after` has seconds where waiting helps.
 */
export const statusOf = (problem: Problem): StatusObject => {
  const metadata = new Metadata();
  metadata.set('berth-code', problem.code);
  if (problem.retryAfterSeconds !== undefined) {
    metadata.set('retry-after', String(Math.ceil(problem.retryAfterSeconds)));
  }
  return {
    code: BY_HTTP[PROBLEM_STATUS[problem.code]] ?? status.UNKNOWN,
    details: `${problem.code}: ${problem.message}`,
    metadata,
  };
};
