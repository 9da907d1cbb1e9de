import { afterEach, describe, expect, it } from '@jest/globals';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { aTenant, knowAccount } from './testing/tenants.js';
import { captureHello } from './testing/captured-hello.js';
import { runGateway } from './testing/running-gateway.js';
import type { RunOptions, RunningGateway } from './testing/running-gateway.js';
import { send } from './testing/tls-client.js';

let running: RunningGateway | undefined;
const open: Socket[] = [];

afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await running?.gateway.stop();
  running = undefined;
});

const start = async (options: RunOptions = {}): Promise<RunningGateway> => {
  running = await runGateway(options);
  return running;
};

const tcp = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connectTcp({ host: '127.0.0.1', port }, () => {
      resolve(socket);
    });
    open.push(socket);
    socket.on('error', reject);
  });

const tls = (port: number, options: object = {}): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connectTls(
      {
        host: '127.0.0.1',
        port,
        rejectUnauthorized: false,
        servername: 'x.example.com',
        ...options,
      },
      () => {
        resolve(socket);
      },
    );
    open.push(socket);
    socket.on('error', reject);
  });

/** Resolves when the other side has closed. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.resume();
    socket.on('error', () => undefined);
    socket.once('close', () => {
      resolve();
    });
    if (socket.destroyed) resolve();
  });

const metric = async (from: RunningGateway, line: string): Promise<boolean> =>
  (await from.metrics.registry.metrics()).split('\n').includes(line);

/** Repeats `attempt` until it succeeds; the test's own time-out is the limit. */
const eventually = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
};

const SHORT = { handshakeMs: 100, headersMs: 150, requestMs: 300, keepAliveMs: 100, checkMs: 20 };

describe('a client that stalls is cut off', () => {
  it('before it says hello', async () => {
    const gateway = await start({ limits: { helloTimeoutMs: 50 } });
    const socket = await tcp(gateway.gateway.port);
    socket.write(Buffer.from([0x16, 0x03, 0x01])); // the beginning of a TLS record
    await closed(socket);
    expect(
      await metric(gateway, 'berth_gateway_connections_refused_total{reason="HelloTimeout"} 1'),
    ).toBe(true);
  });

  it('after its hello, without finishing the handshake', async () => {
    const gateway = await start({ limits: { timeouts: SHORT } });
    const socket = await tcp(gateway.gateway.port);
    socket.write(await captureHello('x.example.com'));
    await closed(socket);
    expect(
      await metric(
        gateway,
        'berth_gateway_client_errors_total{code="ERR_TLS_HANDSHAKE_TIMEOUT"} 1',
      ),
    ).toBe(true);
  });

  it('in the middle of its headers', async () => {
    const gateway = await start({ limits: { timeouts: SHORT } });
    const socket = await tls(gateway.gateway.port);
    socket.write('GET /address HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    await closed(socket);
    expect(
      await metric(gateway, 'berth_gateway_client_errors_total{code="ERR_HTTP_REQUEST_TIMEOUT"} 1'),
    ).toBe(true);
  });

  it('drip-feeding its body', async () => {
    const gateway = await start({ limits: { timeouts: SHORT } });
    const alice = await aTenant('alice');
    knowAccount(gateway.world, alice);
    const socket = await tls(gateway.gateway.port);
    socket.write(
      `PUT /deployment/1/manifest HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nAuthorization: Bearer ${await alice.token()}\r\n\r\n[`,
    );
    const drip = setInterval(() => socket.write(' '), 20);
    await closed(socket);
    clearInterval(drip);
    expect(gateway.world.manifests.size).toBe(0);
  });

  it('when it keeps an idle connection open', async () => {
    const gateway = await start({ limits: { timeouts: SHORT } });
    const socket = await tls(gateway.gateway.port);
    socket.write('GET /address HTTP/1.1\r\nHost: x\r\n\r\n');
    await closed(socket);
    expect(gateway.logged()).toContain('"route":"/address"');
  });
});

describe('a client that is no TLS 1.3 client is refused', () => {
  it('speaking plain HTTP', async () => {
    const gateway = await start();
    const socket = await tcp(gateway.gateway.port);
    socket.write('GET /address HTTP/1.1\r\nHost: x\r\n\r\n');
    await closed(socket);
    expect(
      await metric(gateway, 'berth_gateway_connections_refused_total{reason="NotTls"} 1'),
    ).toBe(true);
  });

  it('speaking TLS 1.2', async () => {
    const gateway = await start();
    await expect(tls(gateway.gateway.port, { maxVersion: 'TLSv1.2' })).rejects.toThrow(
      /protocol version/,
    );
  });
});

describe('a client that wants too much', () => {
  it('has its headers cut off', async () => {
    const gateway = await start({ limits: { maxHeaderBytes: 2048 } });
    const { port } = gateway.gateway;
    const headers = { 'X-Large': 'x'.repeat(4096) };
    await expect(send({ port, path: '/address', headers })).rejects.toThrow();
    expect(
      await metric(gateway, 'berth_gateway_client_errors_total{code="HPE_HEADER_OVERFLOW"} 1'),
    ).toBe(true);
  });

  it('is told by 429 when to come again, per address', async () => {
    const gateway = await start({
      limits: { perAddress: { burst: 2, perSecond: 0.1, maxKeys: 10 } },
    });
    const { port } = gateway.gateway;
    const ask = () => send({ port, path: '/address' });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const third = await ask();
    expect(third.status).toBe(429);
    expect(third.json).toMatchObject({ code: 'TooManyRequests' });
    expect(Number(third.headers['retry-after'])).toBeGreaterThanOrEqual(9);
    gateway.skipMs(10_000);
    expect((await ask()).status).toBe(200);
  });

  it('is told by 429 per account, while others are served', async () => {
    const gateway = await start({
      limits: { perOwner: { burst: 1, perSecond: 0.1, maxKeys: 10 } },
    });
    const { port } = gateway.gateway;
    const [alice, bob] = await Promise.all([aTenant('alice'), aTenant('bob')]);
    knowAccount(gateway.world, alice);
    knowAccount(gateway.world, bob);
    const ask = async (token: Promise<string>) =>
      (await send({ port, path: '/address', headers: { Authorization: `Bearer ${await token}` } }))
        .status;
    expect(await ask(alice.token())).toBe(200);
    expect(await ask(alice.token())).toBe(429);
    expect(await ask(bob.token())).toBe(200);
  });

  it('gets no more connections than its share, and gets them again when some have closed', async () => {
    const gateway = await start({ limits: { connections: { total: 100, perClient: 2 } } });
    const { port } = gateway.gateway;
    const first = await tls(port);
    await tls(port);
    await expect(tls(port)).rejects.toThrow();
    expect(
      await metric(
        gateway,
        'berth_gateway_connections_refused_total{reason="TooManyConnectionsOfClient"} 1',
      ),
    ).toBe(true);
    expect(await metric(gateway, 'berth_gateway_connections 2')).toBe(true);
    const gone = closed(first);
    first.destroy();
    await gone;
    await expect(eventually(() => tls(port))).resolves.toBeDefined();
  });
});

describe('a client that connects too often', () => {
  it('is turned away before any handshake, until its bucket has filled again', async () => {
    const gateway = await start({
      limits: { newConnections: { burst: 1, perSecond: 0.1, maxKeys: 10 } },
    });
    const { port } = gateway.gateway;
    await tls(port);
    await expect(tls(port)).rejects.toThrow();
    expect(
      await metric(
        gateway,
        'berth_gateway_connections_refused_total{reason="TooManyNewConnections"} 1',
      ),
    ).toBe(true);
    gateway.skipMs(10_000);
    await expect(tls(port)).resolves.toBeDefined();
  });
});

describe('a stop', () => {
  it('lets a request in flight finish, takes no new connection and ends idle ones', async () => {
    const gateway = await start();
    const { port } = gateway.gateway;
    const idle = await tls(port);
    idle.write('GET /address HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => idle.once('data', resolve));
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let asked: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      asked = resolve;
    });
    gateway.onSnapshot(async () => {
      asked();
      await held;
    });
    const keepAlive = { Connection: 'keep-alive' };
    const before = await send({ port, path: '/address', headers: keepAlive });
    expect(before.headers['connection']).toBe('keep-alive');
    const inFlight = send({ port, path: '/status', headers: keepAlive });
    await arrived;
    const idleClosed = closed(idle);
    const stopped = gateway.gateway.stop();
    await idleClosed;
    await expect(tcp(port)).rejects.toThrow(/ECONNREFUSED/);
    answer();
    const reply = await inFlight;
    expect(reply.status).toBe(200);
    expect(reply.headers['connection']).toBe('close');
    await stopped;
  });

  it('ends what does not finish within the grace', async () => {
    const gateway = await start({ graceMs: 50 });
    let asked: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      asked = resolve;
    });
    gateway.onSnapshot(() => {
      asked();
      return new Promise<never>(() => undefined);
    });
    const inFlight = send({ port: gateway.gateway.port, path: '/status' });
    const failed = expect(inFlight).rejects.toThrow();
    await arrived;
    await gateway.gateway.stop();
    await failed;
  });
});
