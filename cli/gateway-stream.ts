/** Websockets to a gateway on a TLS connection that somebody else has made and judged (provider-wire 4.5). */
import { on } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { refused } from './failure.js';
import { printable } from './format/table.js';
import type { RawAnswer } from './gateway-http.js';

/** A connection that is proven to be the provider's, and what opens it. */
export interface Door {
  readonly socket: TLSSocket;
  readonly token: string;
  readonly host: string;
}

/** An open websocket, or the answer that the gateway gave instead. */
export type OpenedSocket =
  | { readonly ok: true; readonly socket: WebSocket }
  | { readonly ok: false; readonly answer: RawAnswer };

/** Longest frame that is taken: lines come in pieces of 64 KiB. */
const MAX_FRAME_BYTES = 1024 * 1024;
const MAX_REFUSAL_BYTES = 64 * 1024;
const NORMAL_END = 1000;

/** What the Akash provider's close codes mean. */
const REASONS: Readonly<Record<number, string>> = {
  1001: 'ShuttingDown',
  4001: 'LeaseNotFound',
  4002: 'ClusterUnavailable',
};

/** Rejects when the connection breaks first or `signal` aborts. */
export const openSocket = (
  { socket: tls, token, host, path }: Door & { readonly path: string },
  signal: AbortSignal,
): Promise<OpenedSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://${host}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      createConnection: () => tls,
    });
    const stop = (): void => {
      socket.terminate();
      tls.destroy();
    };
    signal.addEventListener('abort', stop, { once: true });
    const settle = (): void => {
      signal.removeEventListener('abort', stop);
    };
    socket.once('open', () => {
      settle();
      // Nothing is read before somebody listens.
      socket.pause();
      resolve({ ok: true, socket });
    });
    socket.once('unexpected-response', (_request, response) => {
      settle();
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (text.length < MAX_REFUSAL_BYTES) text += chunk;
      });
      response.on('close', () => {
        tls.destroy();
        resolve({ ok: false, answer: { status: response.statusCode ?? 0, text } });
      });
    });
    socket.on('error', (error) => {
      settle();
      reject(error);
    });
  });

/** Every text frame as JSON, until a normal end. @throws CliFailure named after the gateway's close code */
export const framesOf = async function* (socket: WebSocket, signal: AbortSignal): AsyncGenerator {
  let code = 0;
  let reason = '';
  socket.once('close', (closeCode, words) => {
    code = closeCode;
    reason = printable(words.toString('utf8'), 300);
  });
  const messages = on(socket, 'message', { close: ['close'], signal, highWaterMark: 256 });
  socket.resume();
  try {
    for await (const [data] of messages as AsyncIterable<[Buffer]>) {
      yield JSON.parse(data.toString('utf8')) as unknown;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  } finally {
    socket.terminate();
  }
  if (code === NORMAL_END) return;
  throw refused(
    REASONS[code] ?? 'StreamBroken',
    `the provider's gateway ended the stream: ${reason === '' ? `code ${code}` : reason}`,
  );
};
