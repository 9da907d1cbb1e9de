/**
 * Requests over node:https with connections kept alive. Why not a client library: docs/adr/0005-kubernetes-access.md.
 * Sockets are pooled per TLS material, so a rotated certificate gets fresh connections and a rotated token none.
 */
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { type ClusterAccess, KubeAccessError, type TlsMaterial } from './access/access.js';
import { KubeUnavailableError } from './errors.js';
import type { KubeRequest, KubeResponse, KubeTransport } from './transport.js';

/** Shorter than the idle time-outs of common load balancers (60 s), which drop connections without a word. */
const KEEP_ALIVE_PROBE_MS = 30_000;
const USER_AGENT = 'berth';

const agentOf = (tls: TlsMaterial): Agent =>
  new Agent({
    keepAlive: true,
    keepAliveMsecs: KEEP_ALIVE_PROBE_MS,
    scheduling: 'lifo',
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
  });

/** Tries on pooled connections; after a restart of the server the pool may hold several dead ones. */
const ATTEMPTS = 3;

/**
 * A pooled connection that the server closed just then, most likely before it read the request. Everything but a create
 * may be asked again even if it was read: a second apply, replace or delete of the same changes nothing more.
 */
class StaleConnectionError extends Error {
  readonly failure: Error;
  constructor(failure: Error) {
    super(failure.message);
    this.failure = failure;
  }
}

export class HttpsTransport implements KubeTransport {
  readonly #access: ClusterAccess;
  readonly #server: URL;
  #agent: { readonly key: string; readonly agent: Agent } | undefined;

  /** @throws KubeAccessError when the access asks for a proxy */
  constructor(access: ClusterAccess) {
    if (access.proxyUrl !== undefined) {
      throw new KubeAccessError('kubeconfig cluster proxy-url', 'proxies are not supported');
    }
    this.#access = access;
    this.#server = new URL(access.server);
  }

  async send(request: KubeRequest): Promise<KubeResponse> {
    request.signal?.throwIfAborted();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(request);
      } catch (error) {
        if (!(error instanceof StaleConnectionError)) throw error;
        if (attempt >= ATTEMPTS) throw error.failure;
      }
    }
  }

  close(): void {
    this.#agent?.agent.destroy();
    this.#agent = undefined;
  }

  #agentFor(tls: TlsMaterial): Agent {
    const key = JSON.stringify(tls);
    if (this.#agent?.key !== key) {
      const old = this.#agent?.agent;
      this.#agent = { key, agent: agentOf(tls) };
      // Busy connections of the old material end by themselves; idle ones must not linger.
      for (const sockets of Object.values(old?.freeSockets ?? {}))
        for (const socket of sockets ?? []) socket.destroy();
    }
    return this.#agent.agent;
  }

  async #once(request: KubeRequest): Promise<KubeResponse> {
    const { tls, headers } = await this.#access.credentials();
    const response = await this.#exchange(request, this.#agentFor(tls), headers);
    if (response.statusCode === 401) this.#access.refused();
    return {
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      date: response.headers.date,
      body: this.#body(request, response),
    };
  }

  #exchange(
    request: KubeRequest,
    agent: Agent,
    headers: Readonly<Record<string, string>>,
  ): Promise<IncomingMessage> {
    const { signal } = request;
    return new Promise((resolve, reject) => {
      const outgoing = httpsRequest({
        agent,
        method: request.method,
        host: this.#server.hostname.replace(/^\[|\]$/g, ''),
        port: this.#server.port === '' ? 443 : Number(this.#server.port),
        path: this.#server.pathname.replace(/\/$/, '') + request.path,
        headers: {
          accept: request.accept ?? 'application/json',
          'user-agent': USER_AGENT,
          ...headers,
          ...(request.body === undefined
            ? {}
            : {
                'content-type': request.contentType ?? 'application/json',
                'content-length': Buffer.byteLength(request.body),
              }),
        },
        ...(signal === undefined ? {} : { signal }),
      });
      outgoing.setTimeout(request.idleTimeoutMs, () => {
        outgoing.destroy(new Error(`no byte in ${request.idleTimeoutMs / 1000} s`));
      });
      outgoing.once('response', resolve);
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        const stale = outgoing.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
        const repeatable = stale && request.method !== 'POST';
        const failure = this.#failure(request, error);
        reject(repeatable ? new StaleConnectionError(failure) : failure);
      });
      outgoing.end(request.body);
    });
  }

  async *#body(request: KubeRequest, response: IncomingMessage): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of response) yield chunk as Uint8Array;
    } catch (error) {
      throw this.#failure(request, error as Error);
    } finally {
      // Left early: the rest of this answer will never be read, so its connection cannot be reused.
      if (!response.complete) response.destroy();
    }
  }

  /** The signal's reason when the caller aborted, otherwise "no answer". */
  #failure(request: KubeRequest, cause: Error): Error {
    if (request.signal?.aborted === true) return request.signal.reason as Error;
    return new KubeUnavailableError(`no answer from ${this.#server.host}: ${cause.message}`, {
      target: request.target,
      status: 0,
      reason: '',
      cause,
    });
  }
}
