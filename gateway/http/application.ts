/** The HTTP application: routes of one table behind one pipeline. */
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import { Problem } from '../problem.js';
import type { RequestHandler } from './pipeline.js';
import type { Route } from './exchange.js';

/** What names the metrics and log lines of requests that no route serves. */
export const UNMATCHED = '(unmatched)';

/** Wraps a route into a handler (http/pipeline.ts). */
export type Wrap = (route: Pick<Route, 'path' | 'takesBody' | 'handle'>) => RequestHandler;

const fail = (wrap: Wrap, path: string, problem: () => unknown): RequestHandler =>
  wrap({
    path,
    takesBody: false,
    handle: async () => {
      throw problem();
    },
  });

/** Paths that exist, each with the methods it answers. */
const methodsByPath = (routes: readonly Route[]): ReadonlyMap<string, string> => {
  const methods = new Map<string, string>();
  for (const { path, method } of routes) {
    const known = methods.get(path);
    methods.set(path, known === undefined ? method : `${known}, ${method}`);
  }
  return methods;
};

/** Builds it. Every answer, including those for unknown paths, has passed the pipeline. */
export const createApplication = (routes: readonly Route[], wrap: Wrap): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Query strings mean nothing to these routes, and the extended parser is work for an attacker to cause.
  app.set('query parser', false);
  for (const route of routes) {
    const handler = wrap(route);
    if (route.method === 'GET') app.get(route.path, handler);
    else if (route.method === 'PUT') app.put(route.path, handler);
    else app.post(route.path, handler);
  }
  for (const [path, methods] of methodsByPath(routes)) {
    app.all(
      path,
      fail(wrap, path, () => new Problem('MethodNotAllowed', `this path answers ${methods}`)),
    );
  }
  app.use(
    fail(wrap, UNMATCHED, () => new Problem('RouteNotFound', 'the gateway has no such path')),
  );
  // Express itself fails only on paths it cannot decode; four parameters make it an error handler.
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) =>
    fail(wrap, UNMATCHED, () => error)(request, response),
  );
  return app;
};
