/** Log and event streams over real TLS websockets, as the Akash client opens them (provider-wire 4.5). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import type { LeaseId } from '../market/ids.js';
import { formatLeaseId } from '../market/ids.js';
import { UpstreamUnavailableError } from './problem.js';
import type { LogFrame, LogStreamOptions } from './streams.js';
import { createLease } from './testing/deployments.js';
import { PROVIDER, runGateway } from './testing/running-gateway.js';
import type { RunningGateway } from './testing/running-gateway.js';
import { aTenant, knowAccount } from './testing/tenants.js';
import type { Tenant } from './testing/tenants.js';

let running: RunningGateway;
let alice: Tenant;
const leaseId = (dseq: bigint): LeaseId => ({
  ...{ owner: alice.address, dseq, gseq: 1, oseq: 1, provider: PROVIDER, bseq: 0 },
});

beforeAll(async () => {
  running = await runGateway();
  alice = await aTenant('alice');
  knowAccount(running.world, alice);
  running.world.workloads.set(formatLeaseId(leaseId(1n)), {
    ...{ services: [], forwardedPorts: [], leasedIps: [] },
  });
});
afterAll(async () => {
  await running.gateway.stop();
});

interface Heard {
  readonly frames: readonly unknown[];
  readonly code: number;
  readonly reason: string;
}

const open = async (path: string, token?: string): Promise<WebSocket> =>
  new WebSocket(`wss://127.0.0.1:${running.gateway.port}${path}`, {
    rejectUnauthorized: false,
    ...{ servername: 'provider.example.com' }, // tls.connect's, not in the types of ws
    headers: { authorization: `Bearer ${token ?? (await alice.token())}` },
  });

/** Everything until the gateway closes. */
const listen = async (path: string, token?: string): Promise<Heard> => {
  const socket = await open(path, token);
  return new Promise((resolve, reject) => {
    const frames: unknown[] = [];
    socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString('utf8'))));
    socket.on('close', (code, reason) => {
      resolve({ frames, code, reason: reason.toString('utf8') });
    });
    socket.on('error', reject);
  });
};

const refusal = (path: string, token: string): Promise<number> =>
  open(path, token).then(
    (socket) =>
      new Promise((resolve, reject) => {
        socket.on('unexpected-response', (_request, response) => {
          socket.terminate();
          resolve(response.statusCode ?? 0);
        });
        socket.on('open', () => {
          reject(new Error('it was opened'));
        });
        socket.on('error', () => undefined);
      }),
  );

/** Remembers what it was asked for. */
const saying = (...lines: readonly string[]) => {
  const asked: LogStreamOptions[] = [];
  running.world.logs = async function* (options): AsyncGenerator<LogFrame> {
    asked.push(options);
    for (const message of lines) yield { name: 'web-1', message };
  };
  return asked;
};

describe('a log stream', () => {
  it('is one text frame for each line, then a normal end', async () => {
    saying('one', 'two');
    expect(await listen('/lease/1/1/1/logs?follow=false')).toEqual({
      frames: [
        { name: 'web-1', message: 'one' },
        { name: 'web-1', message: 'two' },
      ],
      code: 1000,
      reason: '',
    });
  });

  it.each<[string, string, Partial<LogStreamOptions>]>([
    ['everything', '', { follow: false, services: undefined, tailLines: undefined }],
    [
      "the Akash client's words",
      '?follow=true&services=web&tail=-1',
      { follow: true, services: ['web'], tailLines: undefined },
    ],
    [
      "the Akash provider's words",
      '?follow=1&service=web,db&tail=10',
      { follow: true, services: ['web', 'db'], tailLines: 10 },
    ],
  ])('%s', async (_name, query, want) => {
    const [asked] = [saying()];
    await listen(`/lease/1/1/1/logs${query}`);
    expect(asked).toEqual([expect.objectContaining(want)]);
  });

  it('ends for its reader when the client leaves', async () => {
    let left: (() => void) | undefined;
    const hasLeft = new Promise<void>((resolve) => (left = resolve));
    running.world.logs = async function* ({ signal }): AsyncGenerator<LogFrame> {
      signal.addEventListener('abort', () => left?.());
      yield { name: 'web-1', message: 'hello' };
      await hasLeft;
    };
    const socket = await open('/lease/1/1/1/logs?follow=true');
    socket.once('message', () => {
      socket.close();
    });
    await hasLeft;
  });

  it('is closed as the Akash provider does when there is no such lease, and when the cluster is silent', async () => {
    createLease(running.world, leaseId(2n));
    expect(await listen('/lease/2/1/1/logs')).toMatchObject({
      code: 4001,
      reason: expect.stringContaining('no manifest has been received') as unknown,
    });
    expect(await listen('/lease/9/1/1/logs')).toMatchObject({ code: 4001 });
    running.world.logs = async function* (): AsyncGenerator<LogFrame> {
      yield { name: 'web-1', message: 'last' };
      throw new UpstreamUnavailableError('cluster');
    };
    expect(await listen('/lease/1/1/1/logs')).toMatchObject({
      frames: [{ name: 'web-1', message: 'last' }],
      code: 4002,
    });
  });

  it('is refused over HTTP, before anything is opened, to those who may not read it', async () => {
    const scoped = (scope: 'logs' | 'status', services = ['web', 'db']) =>
      alice.token({
        claims: {
          leases: {
            access: 'granular',
            permissions: [
              {
                provider: PROVIDER,
                access: 'granular',
                deployments: [{ dseq: 1, scope: [scope], services }],
              },
            ],
          },
        },
      });
    expect(await refusal('/lease/1/1/1/logs', 'nonsense')).toBe(400);
    expect(await refusal('/lease/1/1/1/logs', await scoped('status'))).toBe(401);
    expect(await refusal('/lease/1/1/1/logs?service=db', await scoped('logs', ['web']))).toBe(401);
    const asked = saying();
    await listen('/lease/1/1/1/logs', await scoped('logs', ['web']));
    expect(asked).toEqual([expect.objectContaining({ services: ['web'] })]);
  });
});

describe('an event stream', () => {
  it('has the frames of the Akash provider', async () => {
    const event = {
      type: 'Normal',
      reportingController: 'kubelet',
      reportingInstance: 'node-1',
      reason: 'Started',
      note: 'Container started',
      object: { kind: 'Pod', namespace: 'ns', name: 'web-1' },
    };
    running.world.events = async function* () {
      yield event;
    };
    expect(await listen('/lease/1/1/1/kubeevents?follow=false')).toEqual({
      ...{ frames: [event], code: 1000, reason: '' },
    });
  });
});
