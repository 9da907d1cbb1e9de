/** The operator's only listener, for the cluster's inside: metrics and probes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { Reason } from '../market/reasons.js';

export interface ProbeState {
  /** `undefined` when alive. */
  live(): Reason | undefined;
  /** `undefined` when ready. */
  ready(): Reason | undefined;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on `host:port` (0 picks a free one). @throws when the port is taken */
export const serveHttp = async (
  listen: { readonly host: string; readonly port: number },
  registry: Registry,
  probes: ProbeState,
): Promise<HttpServer> => {
  const server = createServer((request, response) => {
    const reply = (code: number, body: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(code, { 'content-type': type }).end(body);
    };
    const probe = (reason: Reason | undefined): void => {
      if (reason === undefined) reply(200, 'ok\n');
      else reply(503, `${reason.code}: ${reason.message}\n`);
    };
    const path = (request.url ?? '').split('?')[0];
    if (request.method !== 'GET') reply(405, 'only GET\n');
    else if (path === '/healthz') probe(probes.live());
    else if (path === '/readyz') probe(probes.ready());
    else if (path === '/metrics') {
      registry.metrics().then(
        (text) => reply(200, text, registry.contentType),
        () => reply(500, 'metrics could not be collected\n'),
      );
    } else reply(404, 'paths: /metrics /healthz /readyz\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
