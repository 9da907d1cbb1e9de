/**
 * TLS for gRPC by the same rule as for HTTPS (https-servers.ts): the public certificate for the public hostname, and the on-chain
 * one for every other name, there with a client certificate asked for. What comes out are decrypted connections that speak HTTP/2.
 */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Server, TLSSocket } from 'node:tls';
import type { KeyPair } from './https-servers.js';

export interface GrpcConnectionsOptions {
  readonly publicPair: KeyPair | undefined;
  readonly publicHostname: string;
  readonly providerPair: KeyPair;
  readonly handshakeMs: number;
  /** Takes over a connection whose handshake has ended well. */
  readonly onConnection: (socket: TLSSocket) => void;
  /** A handshake that failed; `code` is Node's. */
  readonly onClientError: (code: string) => void;
}

export interface GrpcConnections {
  /** Takes over a fresh TCP connection. */
  accept(socket: Socket, serverName: string | undefined): void;
  /** New certificates for connections from now on. */
  useCertificates(pairs: {
    readonly publicPair: KeyPair | undefined;
    readonly providerPair: KeyPair;
  }): void;
  /** The certificate that the client of a living connection showed, by `address:port` of that client. */
  certificateOf(peer: string): X509Certificate | undefined;
}

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';

const contextOf = ({ certPem, keyPem }: KeyPair) =>
  ({ cert: certPem, key: keyPem, minVersion: 'TLSv1.3' }) as const;

/** Builds it. */
export const createGrpcConnections = (options: GrpcConnectionsOptions): GrpcConnections => {
  const shown = new Map<string, X509Certificate>();

  const onSecure = (socket: TLSSocket): void => {
    socket.on('error', () => undefined);
    // A client that has chosen no protocol does not speak gRPC.
    if (socket.alpnProtocol !== 'h2') {
      options.onClientError('NO_H2');
      socket.destroy();
      return;
    }
    const certificate = socket.getPeerX509Certificate();
    if (certificate !== undefined) {
      const peer = `${socket.remoteAddress}:${socket.remotePort}`;
      shown.set(peer, certificate);
      socket.once('close', () => {
        shown.delete(peer);
      });
    }
    options.onConnection(socket);
  };

  const build = (pair: KeyPair, requestCert: boolean): Server => {
    const server = createServer(
      {
        ...contextOf(pair),
        ALPNProtocols: ['h2'],
        requestCert,
        // Tenant certificates are self-signed: authentication verifies them against the chain, per call.
        rejectUnauthorized: false,
        handshakeTimeout: options.handshakeMs,
      },
      onSecure,
    );
    server.on('tlsClientError', (error, socket) => {
      options.onClientError(codeOf(error));
      socket.destroy();
    });
    return server;
  };

  const provider = build(options.providerPair, true);
  let open = options.publicPair === undefined ? undefined : build(options.publicPair, false);
  return {
    accept: (socket, serverName) => {
      const server = serverName === options.publicHostname ? (open ?? provider) : provider;
      server.emit('connection', socket);
    },
    useCertificates: ({ publicPair, providerPair }) => {
      provider.setSecureContext(contextOf(providerPair));
      if (publicPair === undefined) return;
      if (open === undefined) open = build(publicPair, false);
      else open.setSecureContext(contextOf(publicPair));
    },
    certificateOf: (peer) => shown.get(peer),
  };
};
