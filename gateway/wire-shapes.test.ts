import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatLeaseId } from '../market/ids.js';
import type { LeaseId } from '../market/ids.js';
import { createLease } from './testing/deployments.js';
import { aTenant, knowAccount } from './testing/tenants.js';
import type { Tenant } from './testing/tenants.js';
import { HOSTNAME, PROVIDER, runGateway } from './testing/running-gateway.js';
import type { RunningGateway } from './testing/running-gateway.js';
import { send } from './testing/tls-client.js';
import type { Answer } from './testing/tls-client.js';

// Every expected body is that of the Akash provider, key by key (provider-wire 4.4).

let running: RunningGateway;
let alice: Tenant;

const leaseId = (dseq: bigint): LeaseId => ({
  owner: alice.address,
  dseq,
  gseq: 1,
  oseq: 1,
  provider: PROVIDER,
  bseq: 0,
});

beforeAll(async () => {
  running = await runGateway();
  alice = await aTenant('alice');
  const { world } = running;
  knowAccount(world, alice);
  const web = {
    name: 'web',
    observedGeneration: 3,
    replicas: 2,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    hosts: ['hello.localhost', '19si1n9vo9cib05qmsfac1mq6g.ingress.example.com'],
  };
  world.workloads.set(formatLeaseId(leaseId(1n)), {
    services: [web, { ...web, name: 'db', hosts: [] }],
    forwardedPorts: [{ service: 'web', port: 22, externalPort: 31234, protocol: 'TCP' }],
    leasedIps: [
      { service: 'web', port: 80, externalPort: 80, protocol: 'TCP', ip: '203.0.113.7' },
      { service: 'web', port: 53, externalPort: 5353, protocol: 'UDP', ip: '203.0.113.7' },
    ],
  });
  world.workloads.set(formatLeaseId(leaseId(2n)), {
    services: [{ ...web, hosts: [] }],
    forwardedPorts: [],
    leasedIps: [],
  });
  world.snapshot = {
    activeLeases: [
      { milliCpu: 8000n, gpus: 8n, memoryBytes: 68_719_476_736n, ephemeralBytes: 536_870_912n },
    ],
    openBids: [{ milliCpu: 100n, gpus: 0n, memoryBytes: 16_777_216n, ephemeralBytes: 0n }],
    nodes: [
      {
        name: 'n1',
        allocatable: { milliCpu: 64_000n, gpus: 8n, memoryBytes: 1n, ephemeralBytes: 2n },
        available: { milliCpu: 56_000n, gpus: 0n, memoryBytes: 0n, ephemeralBytes: 1n },
      },
    ],
    manifests: 1,
  };
});
afterAll(async () => {
  await running.gateway.stop();
});

const get = async (path: string, method = 'GET'): Promise<Answer> =>
  send({
    port: running.gateway.port,
    path,
    method,
    headers: { Authorization: `Bearer ${await alice.token()}` },
  });
const getPublic = (path: string): Promise<Answer> => send({ port: running.gateway.port, path });

describe('public routes answer in the provider’s shape', () => {
  it('/address', async () => {
    expect((await getPublic('/address')).json).toEqual({ address: PROVIDER });
  });

  it('/version', async () => {
    expect((await getPublic('/version')).json).toEqual({
      akash: {
        name: 'berth',
        server_name: 'berth-gateway',
        version: '0.1.0',
        commit: 'abc',
        build_tags: '',
        go: '',
        build_deps: [],
        cosmos_sdk_version: '',
      },
      kube: { major: '1', minor: '36', gitVersion: 'v1.36.3' },
    });
  });

  it('/status', async () => {
    expect((await getPublic('/status')).json).toEqual({
      cluster: {
        leases: 1,
        inventory: {
          active: [{ cpu: 8000, gpu: 8, memory: 68719476736, storage_ephemeral: 536870912 }],
          pending: [{ cpu: 100, gpu: 0, memory: 16777216, storage_ephemeral: 0 }],
          available: {
            nodes: [
              {
                name: 'n1',
                allocatable: { cpu: 64000, gpu: 8, memory: 1, storage_ephemeral: 2 },
                available: { cpu: 56000, gpu: 0, memory: 0, storage_ephemeral: 1 },
              },
            ],
            storage: [],
          },
          error: null,
        },
      },
      bidengine: { orders: 1 },
      manifest: { deployments: 1 },
      cluster_public_hostname: HOSTNAME,
      reclamation_window: 0,
      address: PROVIDER,
    });
  });

  it.each(['/status', '/version'])('%s is 503 while the API server is dead', async (path) => {
    running.world.clusterUp = false;
    const answer = await getPublic(path);
    running.world.clusterUp = true;
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({ code: 'ClusterUnavailable' });
  });
});

describe('lease routes answer in the provider’s shape', () => {
  const service = {
    available: 1,
    total: 2,
    observed_generation: 3,
    replicas: 2,
    updated_replicas: 1,
    ready_replicas: 1,
    available_replicas: 1,
  };

  it('status, with forwarded ports and capitalised keys in ips', async () => {
    const answer = await get('/lease/1/1/1/status');
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json).toEqual({
      services: {
        web: {
          ...service,
          name: 'web',
          uris: ['hello.localhost', '19si1n9vo9cib05qmsfac1mq6g.ingress.example.com'],
        },
        db: { ...service, name: 'db', uris: null },
      },
      forwarded_ports: {
        web: [{ host: HOSTNAME, port: 22, externalPort: 31234, proto: 'TCP', name: 'web' }],
      },
      ips: {
        web: [
          { Port: 80, ExternalPort: 80, Protocol: 'TCP', IP: '203.0.113.7' },
          { Port: 53, ExternalPort: 5353, Protocol: 'UDP', IP: '203.0.113.7' },
        ],
      },
    });
  });

  it('status, with nulls where there is nothing', async () => {
    expect((await get('/lease/2/1/1/status')).json).toEqual({
      services: { web: { ...service, name: 'web', uris: null } },
      forwarded_ports: null,
      ips: null,
    });
  });

  it('status, with a field of our own for warnings while there are some', async () => {
    const key = formatLeaseId(leaseId(2n));
    const workload = running.world.workloads.get(key);
    if (workload === undefined) throw new Error('no workload');
    const warnings = [{ code: 'EscrowRunningOut', message: 'Deposit more.' }];
    running.world.workloads.set(key, { ...workload, warnings });
    const { json } = await get('/lease/2/1/1/status');
    running.world.workloads.set(key, workload);
    expect(json).toEqual({
      services: { web: { ...service, name: 'web', uris: null } },
      ...{ forwarded_ports: null, ips: null, warnings },
    });
  });

  it('service status', async () => {
    expect((await get('/lease/1/1/1/service/db/status')).json).toEqual({
      ...service,
      name: 'db',
      uris: null,
    });
  });

  it('needs no chain once the tenant’s key is known: an outage of ours is not the tenant’s', async () => {
    await get('/lease/1/1/1/status');
    running.world.chainUp = false;
    const answer = await get('/lease/1/1/1/status');
    running.world.chainUp = true;
    expect(answer.status).toBe(200);
  });
});

describe('what is not there has its reason', () => {
  it.each<readonly [string, string, string, number, string]>([
    [
      'a service the lease lacks',
      'GET',
      '/lease/1/1/1/service/nope/status',
      404,
      'ServiceNotFound',
    ],
    ['a lease nobody made', 'GET', '/lease/9/1/1/status', 404, 'LeaseNotFound'],
    ['a manifest nobody sent', 'GET', '/lease/3/1/1/manifest', 404, 'ManifestNotReceived'],
    ['a workload before its manifest', 'GET', '/lease/3/1/1/status', 404, 'ManifestNotReceived'],
    ['a workload not yet applied', 'GET', '/lease/4/1/1/status', 404, 'WorkloadNotFound'],
    ['a lease that has ended', 'GET', '/lease/5/1/1/status', 404, 'LeaseNotFound'],
    ['a sequence that is no number', 'GET', '/lease/1/x/1/status', 400, 'MalformedRequest'],
    ['a sequence beyond uint32', 'GET', '/lease/1/4294967296/1/status', 400, 'MalformedRequest'],
    ['broken percent-encoding', 'GET', '/lease/%zz/1/1/status', 400, 'MalformedRequest'],
    ['an unknown path', 'GET', '/validate', 404, 'RouteNotFound'],
    ['another method', 'DELETE', '/lease/1/1/1/status', 405, 'MethodNotAllowed'],
    ['logs without a websocket', 'GET', '/lease/1/1/1/logs?follow=false', 426, 'UpgradeRequired'],
    ['events without a websocket', 'GET', '/lease/1/1/1/kubeevents', 426, 'UpgradeRequired'],
    ['a tail that is no number', 'GET', '/lease/1/1/1/logs?tail=x', 400, 'MalformedRequest'],
    ['shells', 'GET', '/lease/1/1/1/shell?cmd0=ls', 501, 'NotImplementedYet'],
    ['hostname migration', 'POST', '/hostname/migrate', 501, 'NotImplementedYet'],
    ['address migration', 'POST', '/endpoint/migrate', 501, 'NotImplementedYet'],
  ])('%s: %s %s is %d %s', async (_name, method, path, status, code) => {
    const { world } = running;
    for (const dseq of [3n, 4n, 5n]) createLease(world, leaseId(dseq));
    const lease4 = leaseId(4n);
    world.manifests.set(formatLeaseId(lease4), {
      lease: lease4,
      groupName: 'g',
      hash: '',
      json: '[]',
    });
    const ended = world.leases.get(formatLeaseId(leaseId(5n)));
    if (ended !== undefined) {
      world.leases.set(formatLeaseId(ended.id), { ...ended, state: 'insufficient_funds' });
    }
    const answer = await get(path, method);
    expect(answer.json).toMatchObject({ code, message: expect.stringMatching(/\w/) });
    expect(answer.status).toBe(status);
    expect(Object.keys(answer.json as object)).toEqual(expect.arrayContaining(['message', 'code']));
  });

  it('a websocket upgrade is answered 501 as well', async () => {
    const answer = await send({
      port: running.gateway.port,
      path: '/lease/1/1/1/shell?cmd0=ls',
      headers: {
        Authorization: `Bearer ${await alice.token()}`,
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    });
    expect(answer.status).toBe(501);
    expect(answer.json).toMatchObject({ code: 'NotImplementedYet' });
  });

  it('every answer forbids caching, sniffing and scripts, and does not name the software', async () => {
    const { headers } = await getPublic('/address');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
      'strict-transport-security': 'max-age=31536000',
    });
    expect(headers['x-powered-by']).toBeUndefined();
  });
});
