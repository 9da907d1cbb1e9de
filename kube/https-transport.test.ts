import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPki, type Pki } from '../test/peers/cluster/certificates.js';
import type { Page, WatchEvent } from './api.js';
import type { ConfigMap } from './core-objects.js';
import {
  isKubeExpired,
  isKubeUnauthorized,
  isKubeUnavailable,
  isKubeUnknownResource,
  type KubeError,
} from './errors.js';
import { HttpKubeApi, type HttpKubeApiOptions } from './http-api.js';
import { HttpsTransport } from './https-transport.js';
import { CONFIG_MAPS } from './resources.js';
import { type ApiPeer, startApiPeer } from './testing/api-peer.js';

const dir = mkdtempSync(join(tmpdir(), 'berth-transport-'));
let pki: Pki;
let peer: ApiPeer;
beforeAll(async () => {
  pki = await createPki(dir);
  peer = await startApiPeer({ caPem: pki.caPem, ...pki.apiServer });
});
afterAll(async () => {
  await peer.stop();
  rmSync(dir, { recursive: true, force: true });
});

const REF = { name: 'a', namespace: 'default' };
const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: REF };

const withApi = async (
  use: (api: HttpKubeApi) => Promise<void>,
  access = peer.access(),
  options?: HttpKubeApiOptions,
): Promise<void> => {
  const transport = new HttpsTransport(access);
  try {
    await use(new HttpKubeApi(transport, options));
  } finally {
    transport.close();
  }
};

const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const failureOf = async (work: Promise<unknown>): Promise<KubeError> => {
  try {
    await work;
  } catch (error) {
    return error as KubeError;
  }
  throw new Error('expected a failure');
};

const drain = async (events: AsyncIterable<WatchEvent<ConfigMap>>): Promise<string[]> => {
  const seen: string[] = [];
  for await (const e of events)
    seen.push(
      e.type === 'BOOKMARK'
        ? `BOOKMARK ${e.resourceVersion}`
        : `${e.type} ${e.object.metadata.name}`,
    );
  return seen;
};
const WATCH = { resourceVersion: '1', timeoutSeconds: 5 };

describe('HttpsTransport', () => {
  it('keeps one connection for requests that follow each other', async () => {
    peer.answer = (_, response) => json(response, MAP);
    const before = peer.connections();
    await withApi(async (api) => {
      for (let i = 0; i < 10; i += 1) await api.get(CONFIG_MAPS, REF);
    });
    expect(peer.connections() - before).toBe(1);
  });

  it('presents token and client certificate', async () => {
    const seen: unknown[] = [];
    peer.answer = (request, response) => {
      const socket = request.socket as TLSSocket;
      seen.push(request.headers.authorization, socket.getPeerCertificate().subject.CN);
      json(response, MAP);
    };
    const { certPath, keyPath } = pki.admin;
    const tls = {
      ca: pki.caPem,
      cert: readFileSync(certPath, 'utf8'),
      key: readFileSync(keyPath, 'utf8'),
    };
    const access = peer.access({ tls, headers: { authorization: 'Bearer abc' } });
    await withApi(async (api) => {
      await api.get(CONFIG_MAPS, REF);
    }, access);
    expect(seen).toEqual(['Bearer abc', 'berth-admin']);
  });

  it('asks for fresh credentials after a 401', async () => {
    peer.answer = (_, response) =>
      json(response, { reason: 'Unauthorized', message: 'Unauthorized' }, 401);
    const access = peer.access();
    await withApi(async (api) => {
      expect(isKubeUnauthorized(await failureOf(api.get(CONFIG_MAPS, REF)))).toBe(true);
    }, access);
    expect(access.refusals).toBe(1);
  });

  it('speaks to nobody whose certificate it does not trust', async () => {
    let reached = 0;
    peer.answer = (_, response) => {
      reached += 1;
      json(response, MAP);
    };
    await withApi(
      async (api) => {
        const error = await failureOf(api.get(CONFIG_MAPS, REF));
        expect(isKubeUnavailable(error)).toBe(true);
        expect(error.message).toContain('get configmaps default/a: no answer from 127.0.0.1');
        expect(error.message).toMatch(/certificate|self.signed/);
      },
      peer.access({ tls: {} }),
    );
    expect(reached).toBe(0);
  });

  it('a refused connection is unavailability', async () => {
    const access = { ...peer.access(), server: 'https://127.0.0.1:1' };
    await withApi(
      async (api) => {
        expect(isKubeUnavailable(await failureOf(api.get(CONFIG_MAPS, REF)))).toBe(true);
      },
      { ...access, refusals: 0 },
    );
  });

  it('a server that takes the request and says nothing is given up', async () => {
    peer.answer = () => undefined;
    await withApi(
      async (api) => {
        const error = await failureOf(api.get(CONFIG_MAPS, REF));
        expect(isKubeUnavailable(error)).toBe(true);
        expect(error.message).toContain('no byte in 0.05 s');
      },
      peer.access(),
      { requestTimeoutMs: 50 },
    );
  });

  it('a pooled connection that has died is replaced for what may be repeated, not for a create', async () => {
    const used = new WeakSet<object>();
    peer.answer = (request, response) => {
      if (used.has(request.socket)) {
        request.socket.destroy();
        return;
      }
      used.add(request.socket);
      json(response, MAP);
    };
    await withApi(async (api) => {
      expect((await api.get(CONFIG_MAPS, REF))?.metadata.name).toBe('a');
      expect((await api.get(CONFIG_MAPS, REF))?.metadata.name).toBe('a');
      expect(isKubeUnavailable(await failureOf(api.create(CONFIG_MAPS, MAP)))).toBe(true);
    });
  });

  it('an abort while the answer comes rejects with its reason', async () => {
    const stop = new AbortController();
    peer.answer = (_, response) => {
      response.writeHead(200).write('{"type":');
      stop.abort(new Error('enough'));
    };
    await withApi(async (api) => {
      await expect(
        drain(api.watch(CONFIG_MAPS, { ...WATCH, signal: stop.signal })),
      ).rejects.toThrow('enough');
    });
  });
});

describe('HttpKubeApi', () => {
  it('puts frames together however they are cut, and hears bookmarks', async () => {
    const frame = (type: string, name: string): string =>
      JSON.stringify({ type, object: { ...MAP, metadata: { name, resourceVersion: '9' } } });
    const bytes = Buffer.from(
      [frame('ADDED', 'ü'), frame('DELETED', 'b'), frame('BOOKMARK', '')].join('\n'),
    );
    peer.answer = (_, response) => {
      response.writeHead(200);
      for (let i = 0; i < bytes.length; i += 7) response.write(bytes.subarray(i, i + 7));
      response.end();
    };
    await withApi(async (api) => {
      expect(await drain(api.watch(CONFIG_MAPS, WATCH))).toEqual([
        'ADDED ü',
        'DELETED b',
        'BOOKMARK 9',
      ]);
    });
  });

  it('a watch whose version is too old ends with that, whether at once or in the stream', async () => {
    const status = {
      kind: 'Status',
      code: 410,
      reason: 'Expired',
      message: 'too old resource version',
    };
    peer.answer = (_, response) => json(response, { type: 'ERROR', object: status });
    await withApi(async (api) => {
      expect(isKubeExpired(await failureOf(drain(api.watch(CONFIG_MAPS, WATCH))))).toBe(true);
      peer.answer = (_, response) => json(response, status, 410);
      expect(isKubeExpired(await failureOf(drain(api.watch(CONFIG_MAPS, WATCH))))).toBe(true);
    });
  });

  it.each([
    ['cut off in the middle', (r: ServerResponse) => r.writeHead(200).end('{"type":"ADD')],
    [
      'broken off by the connection',
      (r: ServerResponse) => r.writeHead(200).write('{"type":', () => r.destroy()),
    ],
    ["a proxy's page", (r: ServerResponse) => r.writeHead(200).end('<html>sign in</html>')],
    ['a bad gateway', (r: ServerResponse) => r.writeHead(502).end('<html>')],
  ])('an answer that is %s is unavailability', async (_name, answer) => {
    peer.answer = (_, response) => void answer(response);
    await withApi(async (api) => {
      expect(isKubeUnavailable(await failureOf(drain(api.watch(CONFIG_MAPS, WATCH))))).toBe(true);
      expect(isKubeUnavailable(await failureOf(api.get(CONFIG_MAPS, REF)))).toBe(true);
    });
  });

  it('a watch that goes silent is given up', async () => {
    peer.answer = (_, response) => void response.writeHead(200).write('\n');
    await withApi(
      async (api) => {
        expect(isKubeUnavailable(await failureOf(drain(api.watch(CONFIG_MAPS, WATCH))))).toBe(true);
      },
      peer.access(),
      { watchTimeoutMs: 50 },
    );
  });

  it('tells how long a busy server asks to be left alone', async () => {
    const status = { reason: 'TooManyRequests', message: 'busy' };
    peer.answer = (_, response) => {
      response.setHeader('retry-after', '3');
      json(response, status, 429);
    };
    await withApi(async (api) => {
      const error = await failureOf(api.get(CONFIG_MAPS, REF));
      expect([isKubeUnavailable(error), error.retryAfterMs]).toEqual([true, 3_000]);
    });
  });

  it('a 404 that does not name the object is not its absence', async () => {
    peer.answer = (_, response) => void response.writeHead(404).end('404 page not found');
    await withApi(async (api) => {
      expect(isKubeUnknownResource(await failureOf(api.get(CONFIG_MAPS, REF)))).toBe(true);
      expect(isKubeUnknownResource(await failureOf(api.delete(CONFIG_MAPS, REF)))).toBe(true);
    });
  });

  it('begins a listing again that expired between two pages, three times at most', async () => {
    let first = 0;
    peer.answer = (request, response) => {
      const isNext = request.url?.includes('continue=next') === true;
      if (!isNext) first += 1;
      if (isNext && first < 3)
        json(response, { code: 410, reason: 'Expired', message: 'too old' }, 410);
      else
        json(response, {
          metadata: { resourceVersion: '5', continue: isNext ? '' : 'next' },
          items: [MAP],
        });
    };
    await withApi(async (api) => {
      const page: Page<ConfigMap> = await api.list(CONFIG_MAPS);
      expect([page.items.length, page.resourceVersion, first]).toEqual([2, '5', 3]);
      first = -10;
      expect(isKubeExpired(await failureOf(api.list(CONFIG_MAPS)))).toBe(true);
      expect(first).toBe(-7);
    });
  });
});
