/**
 * Requests that ask for a websocket go through the same application and pipeline as all others, so that they are counted,
 * limited, authenticated and refused in the same words; only a route that wants one makes a websocket of the connection.
 */
import { ServerResponse } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { tenantSocket } from './tenant-socket.js';
import type { TenantSocket } from './tenant-socket.js';

/** Longest message of a client: what a terminal pastes at once. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

interface Pending {
  readonly socket: Duplex;
  readonly head: Buffer;
}
const pending = new WeakMap<IncomingMessage, Pending>();
const server = new WebSocketServer({
  noServer: true,
  maxPayload: MAX_MESSAGE_BYTES,
  perMessageDeflate: false,
});

const asksForWebSocket = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === 'websocket';

/** Hands requests for another protocol to the handler of all others; their connections end with its answer. */
export const createUpgradeListener =
  (handler: RequestListener) =>
  (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    if (asksForWebSocket(request)) pending.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.once('finish', () => {
      socket.end();
    });
    handler(request, response);
  };

/** How to make a websocket of this request's connection; undefined when its client did not ask for one. */
export const upgradeOf = (
  request: IncomingMessage,
  response: ServerResponse,
): (() => Promise<TenantSocket>) | undefined => {
  const waiting = pending.get(request);
  if (waiting === undefined) return undefined;
  return () =>
    new Promise((resolve) => {
      pending.delete(request);
      response.detachSocket(waiting.socket as Socket);
      server.handleUpgrade(request, waiting.socket, waiting.head, (socket) => {
        resolve(tenantSocket(socket, () => performance.now()));
      });
    });
};
