import { afterEach, describe, expect, it } from '@jest/globals';
import type { Reason } from '../market/reasons.js';
import { serveHttp } from './http.js';
import type { HttpServer } from './http.js';
import { createMetrics } from './metrics.js';

let server: HttpServer | undefined;
afterEach(async () => server?.close());

const get = async (path: string): Promise<{ code: number; text: string }> => {
  const response = await fetch(`http://127.0.0.1:${server?.port ?? 0}${path}`);
  return { code: response.status, text: await response.text() };
};

describe('serveHttp', () => {
  it('answers probes with the reason and metrics as text', async () => {
    let ready: Reason | undefined = { code: 'ChainStale', message: 'No block for 30 s.' };
    server = await serveHttp({ host: '127.0.0.1', port: 0 }, createMetrics().registry, {
      live: () => undefined,
      ready: () => ready,
    });
    expect(await get('/healthz')).toEqual({ code: 200, text: 'ok\n' });
    expect(await get('/readyz')).toEqual({ code: 503, text: 'ChainStale: No block for 30 s.\n' });
    ready = undefined;
    expect((await get('/readyz?verbose')).code).toBe(200);
    expect((await get('/metrics')).text).toContain('berth_orders_open 0');
    expect((await get('/secret')).code).toBe(404);
  });
});
