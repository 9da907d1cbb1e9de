/**
 * The listening socket. It looks at the ClientHello of each connection and hands the untouched bytes on to one of two
 * HTTPS servers: one that shows the public certificate, one that shows the on-chain certificate and asks for the
 * client's. Node settles whether to ask when it wraps the socket, so the choice has to be made before that.
 */
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { clientKey } from '../limits/client-address.js';
import type { ConnectionCounter } from '../limits/connection-count.js';
import type { TokenBuckets } from '../limits/token-bucket.js';
import { MAX_HELLO_BYTES, readClientHello } from './client-hello.js';

/** Why a connection ended before it reached HTTP. */
export type DoorRefusal =
  | 'TooManyConnections'
  | 'TooManyConnectionsOfClient'
  | 'TooManyNewConnections'
  | 'HelloTimeout'
  | 'NotTls'
  | 'ConnectionLost';

export interface FrontDoorOptions {
  /** Takes over a connection whose client asked for `serverName`; no byte of it has been consumed. */
  readonly accept: (socket: Socket, serverName: string | undefined) => void;
  readonly connections: ConnectionCounter;
  /** New connections by client: each costs a handshake's worth of signing. */
  readonly newConnections: TokenBuckets;
  /** How long a client may take to say hello, in total and not per packet. */
  readonly helloTimeoutMs: number;
  readonly onRefused: (reason: DoorRefusal) => void;
}

/** Collects the ClientHello, then calls exactly one of the two callbacks. */
const peek = (
  socket: Socket,
  timeoutMs: number,
  onHello: (serverName: string | undefined) => void,
  onRefused: (reason: DoorRefusal) => void,
): void => {
  let seen = Buffer.alloc(0);
  const stop = (): void => {
    clearTimeout(timer);
    socket.off('data', onData);
    socket.off('error', onLost);
    socket.off('close', onLost);
  };
  const refuse = (reason: DoorRefusal): void => {
    stop();
    // An error of a socket that nobody listens to would end the process.
    socket.on('error', () => undefined);
    socket.destroy();
    onRefused(reason);
  };
  const onLost = (): void => {
    refuse('ConnectionLost');
  };
  const onData = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const reading = readClientHello(seen);
    if (reading.status === 'incomplete' && seen.length <= MAX_HELLO_BYTES) return;
    if (reading.status !== 'hello') {
      refuse('NotTls');
      return;
    }
    stop();
    socket.pause();
    socket.unshift(seen);
    onHello(reading.serverName);
  };
  const timer = setTimeout(() => {
    refuse('HelloTimeout');
  }, timeoutMs);
  socket.on('data', onData);
  socket.on('error', onLost);
  socket.on('close', onLost);
};

export interface FrontDoor {
  /** Not listening yet. */
  readonly server: Server;
  /** Ends every connection that came through it, at whatever stage it is. */
  destroyAll(): void;
}

/** Builds it. */
export const createFrontDoor = (options: FrontDoorOptions): FrontDoor => {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    const client = clientKey(socket.remoteAddress);
    const turnAway = (reason: DoorRefusal): void => {
      socket.on('error', () => undefined);
      socket.destroy();
      options.onRefused(reason);
    };
    if (!options.newConnections.take(client).ok) {
      turnAway('TooManyNewConnections');
      return;
    }
    const admitted = options.connections.admit(client);
    if (!admitted.ok) {
      turnAway(admitted.reason);
      return;
    }
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      admitted.release();
    });
    peek(
      socket,
      options.helloTimeoutMs,
      (serverName) => {
        options.accept(socket, serverName);
      },
      options.onRefused,
    );
  });
  return {
    server,
    destroyAll: () => {
      for (const socket of open) socket.destroy();
    },
  };
};
