/** The agent's only listener, for the cluster's inside: metrics and probes over plain HTTP. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Registry } from 'prom-client';

const TEXT = 'text/plain; charset=utf-8';

/** Each is `undefined` when all is well, else why not. */
export interface Probes {
  readonly live: () => string | undefined;
  readonly ready: () => string | undefined;
}

/** A server that is not listening yet. */
export const createInternalServer = (registry: Registry, probes: Probes): Server =>
  createServer((request, response) => {
    const reply = (status: number, text: string, type = TEXT): void => {
      response.writeHead(status, { 'content-type': type }).end(text);
    };
    const probe = (why: string | undefined): void => {
      if (why === undefined) reply(200, 'ok\n');
      else reply(503, `${why}\n`);
    };
    const path = (request.url ?? '').split('?')[0];
    if (path === '/healthz') probe(probes.live());
    else if (path === '/readyz') probe(probes.ready());
    else if (path === '/metrics') {
      registry.metrics().then(
        (text) => reply(200, text, registry.contentType),
        () => reply(500, 'metrics could not be collected\n'),
      );
    } else reply(404, 'paths: /metrics /healthz /readyz\n');
  });
