/** The cluster-internal face: metrics and probes over plain HTTP. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Registry } from 'prom-client';

const TEXT = 'text/plain; charset=utf-8';

/** A server that is not listening yet. It is ready whenever it answers: the signer waits for nothing. */
export const createInternalServer = (registry: Registry): Server =>
  createServer((request, response) => {
    const reply = (status: number, text: string, type = TEXT): void => {
      response.writeHead(status, { 'content-type': type }).end(text);
    };
    const path = (request.url ?? '').split('?')[0];
    if (path === '/healthz' || path === '/readyz') reply(200, 'ok\n');
    else if (path === '/metrics') {
      registry.metrics().then(
        (text) => reply(200, text, registry.contentType),
        () => reply(500, 'metrics could not be collected\n'),
      );
    } else reply(404, 'paths: /metrics /healthz /readyz\n');
  });
