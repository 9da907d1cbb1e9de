/** The two HTTPS servers behind the front door (provider-wire 4.1). */
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A certificate chain and its key, PEM text. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

/** Deadlines against clients that never finish what they began; all in milliseconds. */
export interface HttpTimeouts {
  readonly handshakeMs: number;
  /** From the start of a request to the end of its headers. */
  readonly headersMs: number;
  /** From the start of a request to the end of its body. */
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** How often the deadlines are looked at. */
  readonly checkMs: number;
}

export interface HttpsServersOptions {
  /** Shown to clients that ask for `publicHostname`, when there is one. */
  readonly publicPair: KeyPair | undefined;
  readonly publicHostname: string;
  /** The provider's self-signed certificate that is on chain; shown to everybody else. */
  readonly providerPair: KeyPair;
  readonly timeouts: HttpTimeouts;
  readonly maxHeaderBytes: number;
  readonly handler: RequestListener;
  /** Called for requests that ask to change the protocol; answers them, too. */
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** A handshake or a request line that could not be read; `code` is Node's. */
  readonly onClientError: (code: string) => void;
}

export interface HttpsServers {
  /** Takes over a fresh TCP connection. */
  accept(socket: Socket, serverName: string | undefined): void;
  /** New certificates for connections from now on. */
  useCertificates(pairs: {
    readonly publicPair: KeyPair | undefined;
    readonly providerPair: KeyPair;
  }): void;
  /** Ends idle connections; those with a request end with its answer. */
  closeIdle(): void;
  /** Ends every connection now. */
  closeAll(): void;
}

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';

const build = (options: HttpsServersOptions, pair: KeyPair, askForCertificate: boolean): Server => {
  const server = createServer(
    {
      cert: pair.certPem,
      key: pair.keyPem,
      minVersion: 'TLSv1.3',
      requestCert: askForCertificate,
      // Tenant certificates are self-signed: authentication verifies them against the chain, per request.
      rejectUnauthorized: false,
      handshakeTimeout: options.timeouts.handshakeMs,
      headersTimeout: options.timeouts.headersMs,
      requestTimeout: options.timeouts.requestMs,
      keepAliveTimeout: options.timeouts.keepAliveMs,
      connectionsCheckingInterval: options.timeouts.checkMs,
      maxHeaderSize: options.maxHeaderBytes,
    },
    options.handler,
  );
  server.on('upgrade', options.onUpgrade);
  // Failed handshakes come here too.
  server.on('clientError', (error, socket) => {
    options.onClientError(codeOf(error));
    socket.destroy();
  });
  // This server never listens itself: the front door gives it its connections. Node begins to watch the header and
  // request deadlines when a server starts to listen, so it is told that it has (tested: a slow client is cut off).
  server.emit('listening');
  return server;
};

/** Builds both servers; they take connections through `accept` only. */
export const createHttpsServers = (options: HttpsServersOptions): HttpsServers => {
  const provider = build(options, options.providerPair, true);
  let open =
    options.publicPair === undefined ? undefined : build(options, options.publicPair, false);
  const all = (): readonly Server[] => (open === undefined ? [provider] : [open, provider]);
  return {
    accept: (socket, serverName) => {
      const server = serverName === options.publicHostname ? (open ?? provider) : provider;
      server.emit('connection', socket);
    },
    useCertificates: ({ publicPair, providerPair }) => {
      provider.setSecureContext({
        cert: providerPair.certPem,
        key: providerPair.keyPem,
        minVersion: 'TLSv1.3',
      });
      if (publicPair === undefined) return;
      if (open === undefined) open = build(options, publicPair, false);
      else {
        open.setSecureContext({
          cert: publicPair.certPem,
          key: publicPair.keyPem,
          minVersion: 'TLSv1.3',
        });
      }
    },
    closeIdle: () => {
      for (const server of all()) server.closeIdleConnections();
    },
    closeAll: () => {
      // `close` also ends the watch over deadlines; it reports that the server never listened, which is so.
      for (const server of all()) {
        server.closeAllConnections();
        server.close(() => undefined);
      }
    },
  };
};
