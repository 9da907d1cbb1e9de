import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { formatDeploymentId, formatLeaseId } from '../market/ids.js';
import type { LeaseId } from '../market/ids.js';
import {
  createDeployment,
  createLease,
  recordedGroup,
  recordedManifest,
} from './testing/deployments.js';
import { aTenant, knowAccount } from './testing/tenants.js';
import type { Tenant, TokenOptions } from './testing/tenants.js';
import { PROVIDER, runGateway } from './testing/running-gateway.js';
import type { RunningGateway } from './testing/running-gateway.js';
import { send } from './testing/tls-client.js';
import type { Answer } from './testing/tls-client.js';

const DSEQ = 1234n;
const body = recordedManifest();

let running: RunningGateway;
let alice: Tenant;

beforeAll(async () => {
  running = await runGateway({ leaseWait: { timeoutMs: 300, pollMs: 20 } });
  alice = await aTenant('alice');
});
afterAll(async () => {
  await running.gateway.stop();
});
beforeEach(() => {
  const { world } = running;
  world.deployments.clear();
  world.leases.clear();
  world.manifests.clear();
  world.chainUp = true;
  world.clusterUp = true;
  world.onChainRead = () => undefined;
  knowAccount(world, alice);
});

const leaseId = (gseq = 1): LeaseId => ({
  owner: alice.address,
  dseq: DSEQ,
  gseq,
  oseq: 1,
  provider: PROVIDER,
  bseq: 0,
});
const setup = (groups = [recordedGroup], manifest = body): void => {
  createDeployment(running.world, leaseId(), manifest, groups);
  groups.forEach((_group, index) => {
    createLease(running.world, leaseId(index + 1));
  });
};
const put = async (
  manifest: string | Buffer,
  options: { token?: TokenOptions; dseq?: string; headers?: Record<string, string> } = {},
): Promise<Answer> =>
  send({
    port: running.gateway.port,
    method: 'PUT',
    path: `/deployment/${options.dseq ?? DSEQ}/manifest`,
    headers: {
      Authorization: `Bearer ${await alice.token(options.token)}`,
      'Content-Type': 'application/json; charset=UTF-8',
      ...options.headers,
    },
    body: manifest,
  });
const get = async (path: string, token?: TokenOptions): Promise<Answer> =>
  send({
    port: running.gateway.port,
    path,
    headers: { Authorization: `Bearer ${await alice.token(token)}` },
  });
const stored = () => [...running.world.manifests.values()];
const changed = (change: (manifest: { services: Record<string, unknown>[] }[]) => void): string => {
  const manifest = JSON.parse(body) as { services: Record<string, unknown>[] }[];
  change(manifest);
  return JSON.stringify(manifest);
};

describe('a manifest that fits', () => {
  it('is kept byte for byte for its lease, answered 200 with an empty body, and read back', async () => {
    setup();
    const answer = await put(body);
    expect([answer.status, answer.text]).toEqual([200, '']);
    const hash = running.world.deployments.get(formatDeploymentId(leaseId()))?.hash;
    expect(stored()).toEqual([
      {
        lease: leaseId(),
        groupName: 'westcoast',
        hash: Buffer.from(hash ?? []).toString('hex'),
        json: body,
      },
    ]);
    const read = await get(`/lease/${DSEQ}/1/1/manifest`);
    expect(read.status).toBe(200);
    expect(read.json).toEqual(JSON.parse(body));
  });

  it('changes nothing when it is sent again', async () => {
    setup();
    await put(body);
    const first = stored();
    expect((await put(body)).status).toBe(200);
    expect(stored()).toEqual(first);
  });

  it.each([['text/plain'], ['application/octet-stream'], ['']])(
    'is taken whatever its content type says: %p',
    async (type) => {
      setup();
      expect((await put(body, { headers: { 'Content-Type': type } })).status).toBe(200);
    },
  );

  it('that comes before its lease waits for it', async () => {
    createDeployment(running.world, leaseId(), body);
    let reads = 0;
    running.world.onChainRead = () => {
      reads += 1;
      if (reads === 3) createLease(running.world, leaseId());
    };
    expect((await put(body)).status).toBe(200);
    expect(stored()).toHaveLength(1);
  });

  it('is judged by the hash after an update that the node had not seen yet', async () => {
    setup();
    createDeployment(running.world, leaseId(), '[]');
    let reads = 0;
    running.world.onChainRead = () => {
      reads += 1;
      if (reads === 3) setup();
    };
    expect((await put(body)).status).toBe(200);
  });

  it('gives every group its own entry, and a lease shows only its own group', async () => {
    const two = JSON.stringify([
      ...(JSON.parse(body) as object[]),
      ...(JSON.parse(changed((m) => Object.assign(m[0] ?? {}, { name: 'eastcoast' }))) as object[]),
    ]).replace(/hello\.localhost(?=.*hello\.localhost)/, 'other.localhost');
    setup([recordedGroup, { ...recordedGroup, name: 'eastcoast' }], two);
    expect((await put(two)).json).toBeUndefined();
    expect(stored().map(({ groupName }) => groupName)).toEqual(['westcoast', 'eastcoast']);
    const read = await get(`/lease/${DSEQ}/2/1/manifest`);
    expect(read.json).toMatchObject([{ name: 'eastcoast' }]);
    expect(read.json).toHaveLength(1);
  });

  it('is written only for the leases that the token covers', async () => {
    setup();
    createLease(running.world, { ...leaseId(), oseq: 2 });
    const token: TokenOptions = {
      claims: {
        leases: {
          access: 'granular',
          permissions: [
            {
              provider: PROVIDER,
              access: 'granular',
              deployments: [
                {
                  dseq: Number(DSEQ),
                  gseq: 1,
                  oseq: 2,
                  scope: ['send-manifest'],
                  services: ['web'],
                },
              ],
            },
          ],
        },
      },
    };
    expect((await put(body, { token })).status).toBe(200);
    expect([...running.world.manifests.keys()]).toEqual([formatLeaseId({ ...leaseId(), oseq: 2 })]);
  });
});

describe('a manifest that does not fit is refused with its reason, and nothing is written', () => {
  const scoped = (scope: 'status' | 'send-manifest', services = ['db']): TokenOptions => ({
    claims: {
      leases: {
        access: 'granular',
        permissions: [
          {
            provider: PROVIDER,
            access: 'granular',
            deployments: [{ dseq: Number(DSEQ), scope: [scope], services }],
          },
        ],
      },
    },
  });
  const cases: readonly (readonly [
    string,
    number,
    { code: string; field?: string; reasons?: unknown },
    () => Promise<Answer>,
  ])[] = [
    [
      'no JSON',
      422,
      {
        code: 'ManifestMalformed',
        reasons: [expect.objectContaining({ code: 'ManifestNotJson' })],
      },
      () => put('{'),
    ],
    [
      'a field of another type',
      422,
      { code: 'ManifestMalformed', field: 'manifest[0].services[0].count' },
      () => put(changed((m) => Object.assign(m[0]?.services[0] ?? {}, { count: 'one' }))),
    ],
    [
      'nested too deeply',
      422,
      {
        code: 'ManifestMalformed',
        reasons: [expect.objectContaining({ code: 'ManifestTooDeep' })],
      },
      () => put('['.repeat(40) + ']'.repeat(40)),
    ],
    [
      'another hash than the one on chain',
      422,
      { code: 'ManifestHashMismatch', field: 'manifest' },
      () => put(changed((m) => Object.assign(m[0]?.services[0] ?? {}, { image: 'evil' }))),
    ],
    [
      'statically invalid although its hash fits',
      422,
      {
        code: 'ManifestInvalid',
        reasons: [expect.objectContaining({ field: 'manifest[0].services[0].image' })],
      },
      () => {
        const bad = changed((m) => Object.assign(m[0]?.services[0] ?? {}, { image: '' }));
        setup([recordedGroup], bad);
        return put(bad);
      },
    ],
    [
      'other resources than were ordered',
      422,
      { code: 'ManifestGroupsMismatch' },
      () => {
        const [unit] = recordedGroup.units;
        if (unit === undefined) throw new Error('no unit');
        const cpu = { milliCpu: 200n, attributes: [] };
        setup([{ ...recordedGroup, units: [{ ...unit, resources: { ...unit.resources, cpu } }] }]);
        return put(body);
      },
    ],
    [
      'too large',
      413,
      { code: 'BodyTooLarge', field: 'body' },
      () => put(Buffer.alloc(1024 * 1024 + 1, 0x20)),
    ],
    [
      'compressed',
      415,
      { code: 'UnsupportedEncoding', field: 'body' },
      () => put(body, { headers: { 'Content-Encoding': 'gzip' } }),
    ],
    [
      'for a deployment without lease here',
      404,
      { code: 'LeaseNotFound', field: 'dseq' },
      () => {
        running.world.leases.clear();
        return put(body);
      },
    ],
    [
      'for a lease that has ended',
      404,
      { code: 'LeaseNotFound', field: 'dseq' },
      () => {
        const [id = '', lease] = [...running.world.leases][0] ?? [];
        if (lease !== undefined) running.world.leases.set(id, { ...lease, state: 'closed' });
        return put(body);
      },
    ],
    [
      'for a number that is none',
      400,
      { code: 'MalformedRequest', field: 'dseq' },
      () => put(body, { dseq: '12x' }),
    ],
    [
      'sent with a token for reading',
      401,
      { code: 'PermissionDenied', field: 'leases' },
      () => put(body, { token: scoped('status') }),
    ],
    [
      'sent with a token for another service',
      401,
      { code: 'PermissionDenied', field: 'services' },
      () => put(body, { token: scoped('send-manifest') }),
    ],
  ];

  it.each(cases)('%s: %d', async (_name, status, reason, act) => {
    setup();
    const answer = await act();
    expect(answer.json).toMatchObject({ ...reason, message: expect.stringMatching(/\w/) });
    expect(answer.status).toBe(status);
    expect(stored()).toEqual([]);
  });

  it('without credentials, before its body is read', async () => {
    const answer = await send({
      port: running.gateway.port,
      method: 'PUT',
      path: `/deployment/${DSEQ}/manifest`,
      headers: { 'Content-Length': '1000000' },
      body: '[',
    });
    expect(answer.json).toMatchObject({ code: 'AuthenticationRequired' });
    expect(answer.headers['connection']).toBe('close');
  });

  it('while the chain is dead: 503 and when to try again', async () => {
    setup();
    await put(body); // the tenant's key is known from now on
    running.world.manifests.clear();
    running.world.chainUp = false;
    const answer = await put(body);
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({ code: 'ChainUnavailable' });
    expect(answer.headers['retry-after']).toBe('5');
    expect(stored()).toEqual([]);
  });

  it('while the API server is dead: 503 and when to try again', async () => {
    setup();
    running.world.clusterUp = false;
    const answer = await put(body);
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({ code: 'ClusterUnavailable' });
    expect(answer.headers['retry-after']).toBe('5');
    expect(stored()).toEqual([]);
    running.world.clusterUp = true;
    expect((await put(body)).status).toBe(200);
  });

  it('never leaves a manifest or token in the log', async () => {
    setup();
    const token = await alice.token();
    await put(body);
    expect(running.logged()).not.toContain('registry.k8s.io');
    expect(running.logged()).not.toContain(token.split('.')[2]);
    expect(running.logged()).toContain('"route":"/deployment/:dseq/manifest"');
  });
});

describe('manifests that wait for their lease', () => {
  it('are limited in number: the next is told to come again', async () => {
    const small = await runGateway({ leaseWait: { timeoutMs: 5000, pollMs: 5, maxWaiting: 1 } });
    knowAccount(small.world, alice);
    const send1 = async (): Promise<Answer> =>
      send({
        port: small.gateway.port,
        method: 'PUT',
        path: `/deployment/${DSEQ}/manifest`,
        headers: { Authorization: `Bearer ${await alice.token()}` },
        body,
      });
    const firstWaits = new Promise<void>((resolve) => {
      let reads = 0;
      small.world.onChainRead = () => {
        reads += 1;
        if (reads === 4) resolve();
      };
    });
    const first = send1();
    await firstWaits;
    const second = await send1();
    expect(second.status).toBe(503);
    expect(second.json).toMatchObject({ code: 'Overloaded' });
    const stopped = small.gateway.stop();
    expect((await first).json).toMatchObject({ code: 'ShuttingDown' });
    await stopped;
  });
});
