/** A websocket to a tenant, as routes see it. */
import type { WebSocket } from 'ws';

/** Close codes of the Akash provider's streams (provider-wire 4.5), and those of RFC 6455 that we use. */
export const CLOSE_CODE = {
  done: 1000,
  goingAway: 1001,
  internal: 4000,
  leaseNotFound: 4001,
  clusterUnavailable: 4002,
} as const;

export interface TenantSocket {
  /** Text or bytes. Resolves when they have left for the network, so that a slow client slows us down; false when it is gone. */
  send(data: string | Buffer): Promise<boolean>;
  /** Calls `listener` for every message of the client, as bytes. */
  onMessage(listener: (data: Buffer) => void): void;
  /** Aborts when the connection is closed, by whomever. */
  readonly closed: AbortSignal;
  /** @param reason a sentence; cut to what a close frame holds */
  close(code: number, reason?: string): void;
}

/** The Akash provider's rhythm: a ping every ten seconds, an answer within fifteen. */
const PING_MS = 10_000;
const PONG_MS = 15_000;
/** Longest reason of a close frame, in bytes (RFC 6455, 5.5.1). */
const MAX_REASON_BYTES = 123;

const cutReason = (reason: string): Buffer => {
  let text = reason;
  while (Buffer.byteLength(text) > MAX_REASON_BYTES) text = text.slice(0, -1);
  return Buffer.from(text);
};

const bytesOf = (data: Buffer | ArrayBuffer | Buffer[]): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);

/** Wraps a socket that is open, and keeps asking whether the client is still there. */
export const tenantSocket = (socket: WebSocket, now: () => number): TenantSocket => {
  const closed = new AbortController();
  let answeredAt = now();
  socket.on('pong', () => {
    answeredAt = now();
  });
  const pinging = setInterval(() => {
    if (now() - answeredAt > PING_MS + PONG_MS) socket.terminate();
    else socket.ping();
  }, PING_MS);
  socket.on('error', () => undefined); // 'close' follows
  socket.once('close', () => {
    clearInterval(pinging);
    closed.abort();
  });
  return {
    closed: closed.signal,
    send: (data) =>
      new Promise((resolve) => {
        if (socket.readyState !== socket.OPEN) resolve(false);
        else {
          socket.send(data, (error) => {
            resolve(!(error instanceof Error));
          });
        }
      }),
    onMessage: (listener) => {
      socket.on('message', (data) => {
        listener(bytesOf(data));
      });
    },
    close: (code, reason = '') => {
      socket.close(code, cutReason(reason));
    },
  };
};
