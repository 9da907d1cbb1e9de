/** One HTTP exchange on a TLS connection that somebody else has made and judged. */
import { request } from 'node:http';
import type { TLSSocket } from 'node:tls';

/** Nothing a gateway answers needs more. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Status and body as they came. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** One request of a tenant. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly host: string;
  readonly body?: Uint8Array;
}

/** Sends it on a connection of its own and reads the whole answer. Rejects when there is none, or one without an end. */
export const exchange = (
  socket: TLSSocket,
  { method, path, token, host, body }: RawRequest,
  signal: AbortSignal,
): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const headers: Record<string, string> = {
      host,
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      connection: 'close',
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(body.length) }),
    };
    const sent = request(
      { method, path, headers, signal, createConnection: () => socket },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) sent.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
