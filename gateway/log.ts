/** The gateway's log: JSON lines by pino. Secrets never reach it, and are cut out if one ever does. */
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

/** Keys whose values are replaced wherever they appear at the first three levels of a logged object. */
const SECRET_KEYS = ['authorization', 'token', 'password', 'key', 'keyPem', 'json', 'body'];

const redactedPaths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/** Errors are logged by name, message and stack; causes follow, because the reason of a fault is often there. */
const describeError = (error: unknown, depth = 0): unknown => {
  if (!(error instanceof Error)) return error;
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined || depth >= 3
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  };
};

/** Creates the logger; `destination` defaults to standard output. */
export const createLogger = (level: string, destination?: DestinationStream): Logger => {
  const options = {
    level,
    redact: { paths: redactedPaths, censor: '[redacted]' },
    serializers: { err: (error: unknown) => describeError(error) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
};
