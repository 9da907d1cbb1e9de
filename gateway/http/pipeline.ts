/**
 * What happens to every request, in this order: counted, limited by address, authenticated, limited by owner, body read,
 * handled, answered, recorded. An anonymous client never gets as far as sending a body to a route that needs a caller.
 */
import { raw } from 'express';
import type { Request, Response } from 'express';
import { TLSSocket } from 'node:tls';
import type { X509Certificate } from 'node:crypto';
import type { Authenticator } from '../auth/authenticate.js';
import type { Caller } from '../auth/caller.js';
import { clientKey } from '../limits/client-address.js';
import type { TokenBuckets } from '../limits/token-bucket.js';
import { PROBLEM_STATUS, Problem, problemResponse, toProblem } from '../problem.js';
import type { Exchange, Reply, Route } from './exchange.js';
import { upgradeOf } from './upgrade.js';

/** What is known of a request once it is answered. Holds nothing secret. */
export interface RequestRecord {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  /** The problem's code, or `ok`. */
  readonly code: string;
  readonly seconds: number;
  readonly client: string;
  readonly owner: string | undefined;
  /** What lies behind a 5xx, where there is something. */
  readonly fault: unknown;
}

export interface PipelineDependencies {
  readonly authenticate: Authenticator;
  readonly perAddress: TokenBuckets;
  readonly perOwner: TokenBuckets;
  readonly maxBodyBytes: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly record: (record: RequestRecord) => void;
  /** Aborts when the gateway stops waiting for requests. */
  readonly stopping: AbortSignal;
}

export type RequestHandler = (request: Request, response: Response) => Promise<void>;

const take = (buckets: TokenBuckets, key: string, what: string): void => {
  const verdict = buckets.take(key);
  if (verdict.ok) return;
  throw new Problem('TooManyRequests', `too many requests from this ${what}; slow down`, {
    retryAfterSeconds: verdict.retryAfterSeconds,
  });
};

const peerCertificate = (request: Request): X509Certificate | undefined =>
  request.socket instanceof TLSSocket ? request.socket.getPeerX509Certificate() : undefined;

const readBody = async (request: Request, response: Response, limit: number): Promise<Buffer> => {
  // Clients disagree about the content type of a manifest, so it is not looked at.
  const read = raw({ type: () => true, limit, inflate: false });
  await new Promise<void>((resolve, reject) => {
    read(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('body parser', { cause: error }));
    });
  });
  const body: unknown = request.body;
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
};

const SECURITY_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'",
  'Strict-Transport-Security': 'max-age=31536000',
};

const send = (request: Request, response: Response, reply: Reply, stopping: boolean): void => {
  if (response.headersSent || response.destroyed || reply.status === 101) return;
  // A body that was never read would have to be drained before the connection could serve again.
  if (!request.complete || stopping) response.set('Connection', 'close');
  response.status(reply.status).set(SECURITY_HEADERS);
  if (reply.json === undefined) response.end();
  else response.json(reply.json);
};

/** Wraps a route (or anything that ends in a Problem) into what Express calls. */
export const createPipeline = (
  dependencies: PipelineDependencies,
): ((route: Pick<Route, 'path' | 'takesBody' | 'handle'>) => RequestHandler) => {
  const { authenticate, perAddress, perOwner, now } = dependencies;
  return (route) => async (request, response) => {
    const startedMs = now();
    const client = clientKey(request.socket.remoteAddress);
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    let caller: Caller = { kind: 'anonymous' };
    let code = 'ok';
    let fault: unknown;
    let status = 0;
    try {
      take(perAddress, client, 'address');
      caller = await authenticate({
        authorization: request.headers.authorization,
        peerCertificate: peerCertificate(request),
      });
      if (caller.kind !== 'anonymous') take(perOwner, caller.owner, 'account');
      const exchange: Exchange = {
        caller,
        query: new URL(request.url, 'http://localhost').searchParams,
        upgrade: upgradeOf(request, response),
        params: request.params as Exchange['params'],
        body:
          route.takesBody && caller.kind !== 'anonymous'
            ? await readBody(request, response, dependencies.maxBodyBytes)
            : Buffer.alloc(0),
        signal: AbortSignal.any([gone.signal, dependencies.stopping]),
      };
      const reply = await route.handle(exchange);
      status = reply.status;
      send(request, response, reply, dependencies.stopping.aborted);
    } catch (error) {
      const problem = toProblem(error);
      code = problem.code;
      if (PROBLEM_STATUS[problem.code] >= 500) fault = problem.cause;
      const answer = problemResponse(problem);
      response.set(answer.headers);
      const reply = { status: answer.status, json: answer.body };
      status = reply.status;
      send(request, response, reply, dependencies.stopping.aborted);
    }
    dependencies.record({
      method: request.method,
      route: route.path,
      status,
      code,
      seconds: (now() - startedMs) / 1000,
      client,
      owner: caller.kind === 'anonymous' ? undefined : caller.owner,
      fault,
    });
  };
};
