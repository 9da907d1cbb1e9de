import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { askVantage } from './client.js';
import { vantage } from './command.js';
import { serveVantage } from './server.js';
import type { Vantage } from './server.js';

const TOKEN = 'a-token-of-some-length';
const { signal } = new AbortController();
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A port with somebody behind it. */
const openPort = async (): Promise<number> => {
  const server: Server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
};

/** A port that nobody listens on any more. */
const closedPort = async (): Promise<number> => {
  const port = await openPort();
  await closing.pop()?.();
  return port;
};

const start = async (ports: readonly number[], hosts = ['127.0.0.1']): Promise<string> => {
  const server: Vantage = await serveVantage({
    ...{ listen: { host: '127.0.0.1', port: 0 }, token: TOKEN, timeoutMs: 2_000 },
    ...{ hosts: new Set(hosts), ports: new Set(ports) },
  });
  closing.push(() => server.close());
  return `http://127.0.0.1:${server.port}`;
};

describe('a vantage', () => {
  it('tells an open port from one that nobody listens on', async () => {
    const [open, closed] = [await openPort(), await closedPort()];
    const url = await start([open, closed]);
    expect(await askVantage({ url, token: TOKEN }, '127.0.0.1', [open, closed], signal)).toEqual({
      ok: true,
      results: [
        { port: open, outcome: 'open', address: '127.0.0.1' },
        { port: closed, outcome: 'refused' },
      ],
    });
  });

  it('tells a name that does not resolve', async () => {
    const url = await start([443], ['nobody.invalid']);
    expect(await askVantage({ url, token: TOKEN }, 'nobody.invalid', [443], signal)).toEqual({
      ok: true,
      results: [{ port: 443, outcome: 'nameUnresolved' }],
    });
  });

  it.each<[string, string, string, number, string]>([
    ['another token', 'another-token-than-his', '127.0.0.1', 443, 'TokenInvalid'],
    ['another host', TOKEN, '127.0.0.2', 443, 'HostNotAllowed'],
    ['another port', TOKEN, '127.0.0.1', 22, 'PortNotAllowed'],
    ['no port at all', TOKEN, '127.0.0.1', 0, 'RequestInvalid'],
  ])('refuses %s', async (_name, token, host, port, code) => {
    const url = await start([443]);
    const answer = await askVantage({ url, token }, host, [port], signal);
    expect(answer).toMatchObject({ ok: false, why: expect.stringContaining(code) });
  });

  it('answers nothing else, and reads no long body', async () => {
    const url = await start([443]);
    const post = (body: string) =>
      fetch(`${url}/v1/connect`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}` },
        body,
      });
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/v1/connect`)).status).toBe(405);
    expect((await post('nonsense')).status).toBe(400);
    expect((await post(JSON.stringify({ host: 'x'.repeat(8_000), ports: [443] }))).status).toBe(
      400,
    );
  });

  it('is not asked when it does not answer', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    expect(await askVantage({ url, token: TOKEN }, 'x', [443], signal)).toEqual({
      ok: false,
      why: `the vantage at ${url} did not answer`,
    });
  });
});

describe('berth provider vantage', () => {
  const run = async (change: object) => {
    const stop = new AbortController();
    const said: string[] = [];
    const output = {
      line: (_value: unknown, text: string) => {
        said.push(text);
        stop.abort();
      },
    };
    const request = { listen: '127.0.0.1:0', token: TOKEN, hosts: ['p.example.com'], ports: [] };
    await vantage({ signal: stop.signal, output } as never, { ...request, ...change });
    return said;
  };

  it('says what it looks at, and ends when asked to', async () => {
    expect(await run({})).toEqual([
      expect.stringMatching(/^Looking at p.example.com, ports 8443, 8444, 80, 443, from port \d+/),
    ]);
  });

  it.each([
    ['no host', { hosts: [] }, 'OptionMissing', 'host'],
    ['a short token', { token: 'short' }, 'TokenInvalid', 'token-file'],
    ['a name to listen on', { listen: 'localhost:80' }, 'ListenInvalid', 'listen'],
    ['an address that is not ours', { listen: '192.0.2.1:8790' }, 'ListenInvalid', 'listen'],
    ['a port that is none', { ports: ['70000'] }, 'PortInvalid', 'port'],
  ])('refuses %s', async (_name, change, code, field) => {
    await expect(run(change)).rejects.toMatchObject({ code, field });
  });
});
