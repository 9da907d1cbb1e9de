/** One request to the API server as bytes; what `http-api.ts` speaks through. */
import type { KubeTarget } from './errors.js';

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query. */
  readonly path: string;
  /** For error messages. */
  readonly target: KubeTarget;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  readonly accept?: string | undefined;
  /** The connection may be silent this long before it counts as dead, milliseconds. */
  readonly idleTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface KubeResponse {
  readonly status: number;
  /** The Retry-After header. */
  readonly retryAfter?: string | undefined;
  /** The Date header: the server's clock, to the second. */
  readonly date?: string | undefined;
  /** Must be read to its end or left by `return`; both free the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Sends requests. @throws KubeUnavailableError when there is no answer, the signal's reason when aborted */
export interface KubeTransport {
  send(request: KubeRequest): Promise<KubeResponse>;
  /** Closes idle connections and breaks busy ones. */
  close(): void;
}
