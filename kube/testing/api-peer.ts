/** A TLS server on loopback that answers as a test tells it, for what a real API server does too rarely. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ClusterAccess, Credentials } from '../access/access.js';

export interface PeerFiles {
  readonly caPem: string;
  readonly certPath: string;
  readonly keyPath: string;
}

export interface ApiPeer {
  readonly url: string;
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Access that trusts the peer; `credentials` changes what is presented. */
  readonly access: (credentials?: Partial<Credentials>) => ClusterAccess & { refusals: number };
  /** What happens to the next requests. */
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  readonly stop: () => Promise<void>;
}

/** Starts it with a certificate for 127.0.0.1; asks clients for theirs without insisting. */
export const startApiPeer = async (files: PeerFiles): Promise<ApiPeer> => {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer(
    {
      cert: readFileSync(files.certPath),
      key: readFileSync(files.keyPath),
      ca: files.caPem,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => peer.answer(request, response),
  );
  server.on('secureConnection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const peer: ApiPeer = {
    url,
    connections: () => connections,
    access: (credentials = {}) => {
      const access = {
        refusals: 0,
        server: url,
        namespace: 'default',
        credentials: async () => ({ tls: { ca: files.caPem }, headers: {}, ...credentials }),
        refused: () => {
          access.refusals += 1;
        },
      };
      return access;
    },
    answer: (_request, response) => response.end('{}'),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return peer;
};
