import { describe, expect, it } from '@jest/globals';
import { FakeChain } from '../../chain/testing/fake-chain.js';
import type { ComputeLease, ComputeProvider, Bid } from '../../crds/generated/types.js';
import type { KubeObject } from '../../crds/object.js';
import type { Applied } from '../../kube/api.js';
import { KubeForbiddenError } from '../../kube/errors.js';
import {
  BIDS,
  COMPUTE_LEASES,
  COMPUTE_PROVIDERS,
  DEPLOYMENTS,
  INGRESSES,
  PODS,
  SECRETS,
  SERVICES,
  STATEFUL_SETS,
} from '../../kube/resources.js';
import type { Resource } from '../../kube/resources.js';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import { leaseNamespace } from '../../manifests/names.js';
import { formatBidId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';
import { UpstreamUnavailableError } from '../problem.js';
import { aLease } from '../testing/fake-world.js';
import { createAsk } from './asking.js';
import { createIdentityReader, createLeaseReader } from './chain-readers.js';
import { createKubeManifestStore } from './kube-manifest-store.js';
import { createKubeProvider } from './kube-provider.js';
import { createKubeWorkloads } from './kube-workloads.js';

const OWNER = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const PROVIDER = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
const STATE = 'berth-system';
const lease: LeaseId = { owner: OWNER, dseq: 1234n, gseq: 1, oseq: 1, provider: PROVIDER, bseq: 0 };
// The vector of provider-wire 2.1.
const NAMESPACE = 'ud66g5gaqbtev8gef7citivsk58ag4p3f5h952j9csjq4';

const ask = createAsk('cluster', 1000);

/** Stores an object with its status, as a controller would have left it. */
const place = async <T extends KubeObject>(
  kube: FakeKube,
  resource: Resource<T>,
  object: Applied<T> & { readonly status?: object },
): Promise<void> => {
  const { status, ...rest } = object;
  await kube.apply(resource, rest as Applied<T>);
  if (status === undefined) return;
  const { apiVersion, kind, metadata } = object;
  await kube.applyStatus(resource, {
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    },
    status: status as never,
  });
};

describe('a question to a peer', () => {
  it('that is never answered ends with the deadline', async () => {
    const quick = createAsk('chain', 10);
    await expect(quick(() => new Promise(() => undefined))).rejects.toMatchObject({
      name: 'UpstreamUnavailableError',
      upstream: 'chain',
    });
  });

  it('that the API server forbids counts as unanswered, and keeps the missing right as its cause', async () => {
    const target = { verb: 'patch', resource: 'secrets' };
    const forbidden = new KubeForbiddenError('no', { target, status: 403, reason: 'Forbidden' });
    await expect(ask(() => Promise.reject(forbidden))).rejects.toMatchObject({
      upstream: 'cluster',
      cause: forbidden,
    });
  });

  it('whose answer makes no sense is a fault of ours, not an outage', async () => {
    await expect(ask(() => Promise.reject(new TypeError('bug')))).rejects.toThrow(TypeError);
  });
});

describe('leases and identities', () => {
  const setup = () => {
    const chain = new FakeChain();
    const other = { ...lease, dseq: 9n };
    for (const id of [
      { ...lease, gseq: 2 },
      { ...lease, oseq: 2 },
      lease,
      other,
      { ...lease, gseq: 3, provider: OWNER },
    ]) {
      chain.market.leases.set(formatBidId(id), aLease(id));
    }
    const ended = { ...lease, oseq: 3 };
    chain.market.leases.set(formatBidId(ended), { ...aLease(ended), state: 'closed' });
    const reclaimed = { ...lease, oseq: 4 };
    chain.market.leases.set(formatBidId(reclaimed), { ...aLease(reclaimed), state: 'reclaiming' });
    const askChain = createAsk('chain', 1000);
    return {
      chain,
      leases: createLeaseReader(chain.reader, PROVIDER, askChain),
      identities: createIdentityReader(chain.reader, askChain),
    };
  };

  it('are those of the deployment with us that live, reclaiming ones included, in order', async () => {
    const found = await setup().leases.liveLeases({ owner: OWNER, dseq: 1234n });
    expect(found.map(({ id }) => `${id.gseq}/${id.oseq}`)).toEqual(['1/1', '1/2', '1/4', '2/1']);
  });

  it('are unknown, not absent, while the chain is dead', async () => {
    const { chain, leases, identities } = setup();
    chain.dead = true;
    for (const read of [
      leases.liveLeases(lease),
      leases.lease(lease),
      leases.deployment(lease),
      identities.account(OWNER),
      identities.certificate(OWNER, '1'),
    ]) {
      await expect(read).rejects.toBeInstanceOf(UpstreamUnavailableError);
    }
  });

  it('a certificate is found by its serial alone', async () => {
    const { chain, identities } = setup();
    const record = { owner: OWNER, state: 'valid', cert: '', pubkey: '' } as const;
    chain.market.certificates.push({ ...record, serial: '7' }, { ...record, serial: '71' });
    expect((await identities.certificate(OWNER, '71'))?.serial).toBe('71');
    expect(await identities.certificate(OWNER, '1')).toBeUndefined();
  });
});

describe('manifest Secrets', () => {
  const manifest = { lease, groupName: 'westcoast', hash: 'ab'.repeat(32), json: '[{"ü":"<&>"}]' };

  it('follow the contract between gateway and operator', async () => {
    const kube = new FakeKube();
    await createKubeManifestStore(kube, STATE, ask).put(manifest);
    const secret = await kube.get(SECRETS, { name: NAMESPACE, namespace: STATE });
    expect(secret?.metadata.labels).toEqual({
      'berth.dev/manifest': 'true',
      'akash.network/lease.id.owner': OWNER,
      'akash.network/lease.id.dseq': '1234',
      'akash.network/lease.id.gseq': '1',
      'akash.network/lease.id.oseq': '1',
      'akash.network/lease.id.provider': PROVIDER,
    });
    expect(secret?.metadata.annotations).toEqual({
      'berth.dev/manifest-hash': 'ab'.repeat(32),
      'berth.dev/group-name': 'westcoast',
    });
    expect(Buffer.from(secret?.data?.['manifest.json'] ?? '', 'base64').toString()).toBe(
      manifest.json,
    );
  });

  it('are read back as they were put, and putting the same again changes nothing', async () => {
    const kube = new FakeKube();
    const store = createKubeManifestStore(kube, STATE, ask);
    await store.put(manifest);
    const before = await kube.get(SECRETS, { name: NAMESPACE, namespace: STATE });
    await store.put(manifest);
    const after = await kube.get(SECRETS, { name: NAMESPACE, namespace: STATE });
    expect(after?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
    expect(await store.get(lease)).toEqual(manifest);
    expect(await store.get({ ...lease, oseq: 2 })).toBeUndefined();
  });

  it('are never made of a Secret that is no manifest', async () => {
    const kube = new FakeKube();
    await place(kube, SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: NAMESPACE, namespace: STATE },
      data: { 'manifest.json': Buffer.from('[]').toString('base64') },
    });
    expect(await createKubeManifestStore(kube, STATE, ask).get(lease)).toBeUndefined();
  });

  it('cannot be kept while the API server is away', async () => {
    const kube = new FakeKube();
    kube.goAway();
    const store = createKubeManifestStore(kube, STATE, ask);
    await expect(store.put(manifest)).rejects.toBeInstanceOf(UpstreamUnavailableError);
  });
});

describe('the workload of a lease', () => {
  const metadata = (name: string, service: string) => ({
    name,
    namespace: leaseNamespace(lease),
    labels: { 'akash.network/manifest-service': service },
  });
  const counts = {
    observedGeneration: 2,
    replicas: 3,
    readyReplicas: 2,
    updatedReplicas: 3,
    availableReplicas: 1,
  };

  it('is absent when its namespace holds none', async () => {
    expect(await createKubeWorkloads(new FakeKube(), ask).workload(lease)).toBeUndefined();
  });

  it('has counts, hosts, node ports and leased addresses, each with its service', async () => {
    const kube = new FakeKube();
    await place(kube, DEPLOYMENTS, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata('web', 'web'),
      spec: { replicas: 3 },
      status: counts,
    });
    await place(kube, STATEFUL_SETS, {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadata('db', 'db'),
      spec: { replicas: 1 },
    });
    const service = (name: string, spec: object, status?: object) =>
      place(kube, SERVICES, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: metadata(name, 'web'),
        spec,
        ...(status === undefined ? {} : { status }),
      });
    await service('web', { type: 'ClusterIP', ports: [{ port: 80, targetPort: 8080 }] });
    await service('web-np', {
      type: 'NodePort',
      ports: [
        { port: 2222, targetPort: 22, nodePort: 31_234, protocol: 'TCP' },
        { port: 53, targetPort: 53, nodePort: 31_235, protocol: 'UDP' },
        { port: 99, targetPort: 99, protocol: 'TCP' },
      ],
    });
    await service(
      'web-ip-443-tcp',
      { type: 'LoadBalancer', ports: [{ port: 443, targetPort: 8443, protocol: 'TCP' }] },
      { loadBalancer: { ingress: [{ ip: '203.0.113.7' }, { hostname: 'no.address' }] } },
    );
    await place(kube, INGRESSES, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: metadata('hello.localhost', 'web'),
      ...{ spec: { rules: [{ host: 'hello.localhost' }] } },
    });
    const { replicas, ...others } = counts;
    expect(await createKubeWorkloads(kube, ask).workload(lease)).toEqual({
      services: [
        { name: 'web', replicas, ...others, hosts: ['hello.localhost'] },
        {
          name: 'db',
          observedGeneration: 0,
          replicas: 0,
          updatedReplicas: 0,
          readyReplicas: 0,
          availableReplicas: 0,
          hosts: [],
        },
      ],
      forwardedPorts: [
        { service: 'web', port: 22, externalPort: 31_234, protocol: 'TCP' },
        { service: 'web', port: 53, externalPort: 31_235, protocol: 'UDP' },
      ],
      leasedIps: [
        { service: 'web', port: 8443, externalPort: 443, protocol: 'TCP', ip: '203.0.113.7' },
      ],
    });
  });
});

describe('what a lease warns its tenant of', () => {
  const condition = (type: string, status: 'True' | 'False', reason: string) => ({
    ...{ type, status, reason, message: 'why', lastTransitionTime: '2026-01-01T00:00:00Z' },
  });
  const warnings = async (...conditions: ReturnType<typeof condition>[]) => {
    const kube = new FakeKube();
    await place(kube, DEPLOYMENTS, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: NAMESPACE },
      spec: {},
    });
    await place<ComputeLease>(kube, COMPUTE_LEASES, {
      apiVersion: 'berth.dev/v1alpha1',
      kind: 'ComputeLease',
      metadata: { name: NAMESPACE },
      spec: {} as ComputeLease['spec'],
      status: { phase: 'Running', conditions },
    });
    return (await createKubeWorkloads(kube, ask).workload(lease))?.warnings;
  };

  it('is what holds of money and of being taken back, and nothing else', async () => {
    expect(
      await warnings(
        condition('FundsLow', 'True', 'EscrowRunningOut'),
        condition('Reclaiming', 'True', 'Started'),
        condition('Healthy', 'True', 'AllReplicasReady'),
      ),
    ).toEqual([
      { code: 'EscrowRunningOut', message: 'why' },
      { code: 'Started', message: 'why' },
    ]);
  });

  it('is absent once the money is there again', async () => {
    expect(await warnings(condition('FundsLow', 'False', 'EscrowLasts'))).toBeUndefined();
  });
});

describe('the public figures', () => {
  const price = { denom: 'uact', amount: '1' };
  const orderRef = { owner: OWNER, dseq: '1234', gseq: 1, oseq: 1 };
  const placement = (node: string, gpus: number) => [{ unitId: 1, replica: 0, node, gpus }];
  const fill = async (kube: FakeKube): Promise<void> => {
    await place<ComputeProvider>(kube, COMPUTE_PROVIDERS, {
      apiVersion: 'berth.dev/v1alpha1',
      kind: 'ComputeProvider',
      metadata: { name: 'provider' },
      spec: { address: PROVIDER } as ComputeProvider['spec'],
      status: {
        nodes: [
          { name: 'n1', sellable: true, gpus: 8 },
          { name: 'n2', sellable: false, gpus: 4 },
          { name: 'n3', sellable: true },
        ],
      },
    });
    const leaseObject = (name: string, phase: string, provider: string) =>
      place<ComputeLease>(kube, COMPUTE_LEASES, {
        apiVersion: 'berth.dev/v1alpha1',
        kind: 'ComputeLease',
        metadata: { name },
        spec: {
          leaseId: { ...orderRef, provider },
          price,
          usdPerHour: '1',
          gpus: 5,
          gpuModel: 'h100',
          namespace: name,
          placement: placement('n1', 5),
          createdAtHeight: '1',
          ...(name === 'a' ? { manifest: { hash: 'ab', secretName: 'a' } } : {}),
        },
        status: { phase },
      });
    await leaseObject('a', 'Running', PROVIDER);
    await leaseObject('b', 'Closed', PROVIDER);
    await leaseObject('c', 'Running', OWNER);
    const bidObject = (name: string, state: string) =>
      place<Bid>(kube, BIDS, {
        apiVersion: 'berth.dev/v1alpha1',
        kind: 'Bid',
        metadata: { name },
        spec: {
          orderId: orderRef,
          order: 'x',
          provider: PROVIDER,
          price,
          usdPerHour: '1',
          resources: { gpus: 2, cpu: '1500m', memory: '1Gi' },
          placement: placement('n1', 2),
          timeoutNs: '1',
        },
        status: { state },
      });
    await bidObject('open', 'Open');
    await bidObject('lost', 'Lost');
    const pod = (name: string, phase: 'Running' | 'Succeeded') =>
      place(kube, PODS, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'a', labels: { 'akash.network': 'true' } },
        spec: {
          containers: [
            {
              name: 'web',
              resources: {
                requests: { cpu: '250m', memory: '64Mi', 'ephemeral-storage': '1Gi' },
              },
            },
          ],
        },
        status: { phase },
      });
    await pod('one', 'Running');
    await pod('two', 'Running');
    await pod('done', 'Succeeded');
  };
  const setup = async () => {
    const kube = new FakeKube();
    await fill(kube);
    let nowMs = 0;
    const provider = createKubeProvider(kube, ask, {
      name: 'provider',
      freshMs: 100,
      clusterVersion: async () => ({ gitVersion: 'v1' }),
      now: () => nowMs,
    });
    return {
      kube,
      provider,
      pass: (ms: number) => {
        nowMs += ms;
      },
    };
  };

  it('count our live leases, our open bids, and the GPUs that neither holds', async () => {
    const { provider } = await setup();
    const none = { milliCpu: 0n, memoryBytes: 0n, ephemeralBytes: 0n };
    expect(await provider.snapshot()).toEqual({
      activeLeases: [
        { gpus: 5n, milliCpu: 500n, memoryBytes: 134_217_728n, ephemeralBytes: 2_147_483_648n },
      ],
      openBids: [{ gpus: 2n, milliCpu: 1500n, memoryBytes: 1_073_741_824n, ephemeralBytes: 0n }],
      nodes: [
        { name: 'n1', allocatable: { ...none, gpus: 8n }, available: { ...none, gpus: 1n } },
        { name: 'n2', allocatable: { ...none, gpus: 4n }, available: { ...none, gpus: 0n } },
        { name: 'n3', allocatable: { ...none, gpus: 0n }, available: { ...none, gpus: 0n } },
      ],
      manifests: 1,
    });
  });

  it('are read once for all who ask at the same time, and again when they are old', async () => {
    const { kube, provider, pass } = await setup();
    let lists = 0;
    kube.failWith((verb) => {
      if (verb === 'list') lists += 1;
    });
    await Promise.all([provider.snapshot(), provider.snapshot(), provider.snapshot()]);
    expect(lists).toBe(3);
    pass(100);
    await provider.snapshot();
    expect(lists).toBe(6);
  });

  it('do not remember an outage', async () => {
    const { kube, provider } = await setup();
    const restore = kube.goAway();
    await expect(provider.snapshot()).rejects.toBeInstanceOf(UpstreamUnavailableError);
    restore();
    await expect(provider.snapshot()).resolves.toMatchObject({ manifests: 1 });
  });
});
