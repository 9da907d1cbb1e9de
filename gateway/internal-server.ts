/** The cluster-internal face: /metrics, /healthz, /readyz over plain HTTP, never exposed to tenants. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Registry } from 'prom-client';

/** Whether requests can be served now, and why not. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly why: string };

export interface InternalServerOptions {
  readonly registry: Registry;
  readonly readiness: () => Promise<Readiness>;
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const TEXT = 'text/plain; charset=utf-8';

const page = async (options: InternalServerOptions, path: string): Promise<Page> => {
  switch (path) {
    case '/metrics':
      return {
        status: 200,
        type: options.registry.contentType,
        text: await options.registry.metrics(),
      };
    case '/healthz':
      return { status: 200, type: TEXT, text: 'ok\n' };
    case '/readyz': {
      const readiness = await options.readiness();
      return readiness.ready
        ? { status: 200, type: TEXT, text: 'ok\n' }
        : { status: 503, type: TEXT, text: `${readiness.why}\n` };
    }
    default:
      return { status: 404, type: TEXT, text: 'not found\n' };
  }
};

/** A server that is not listening yet. */
export const createInternalServer = (options: InternalServerOptions): Server =>
  createServer((request, response) => {
    page(options, (request.url ?? '').split('?')[0] ?? '').then(
      ({ status, type, text }) => {
        response.writeHead(status, { 'Content-Type': type }).end(text);
      },
      () => {
        response.writeHead(500, { 'Content-Type': TEXT }).end('internal error\n');
      },
    );
  });
