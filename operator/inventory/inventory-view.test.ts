import { afterEach, describe, expect, it } from '@jest/globals';
import { OBSERVE_DEFAULTS } from '../../bidengine/observe-node.js';
import type { InventorySnapshot } from '../../bidengine/snapshot.js';
import type { KubeObject } from '../../crds/object.js';
import type { Node, Pod } from '../../kube/core-objects.js';
import { KubeUnknownResourceError } from '../../kube/errors.js';
import {
  CSI_STORAGE_CAPACITIES,
  DEVICE_CLASSES,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  RESOURCE_CLAIMS,
  RESOURCE_SLICES,
  SERVICES,
  STORAGE_CLASSES,
} from '../../kube/resources.js';
import type { Resource } from '../../kube/resources.js';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import { leaseLabels } from '../../manifests/labels.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { LeaseId } from '../../market/ids.js';
import { systemClock } from '../clock.js';
import { aGpuNode, PROVIDER, TENANT } from '../testing/world.js';
import { addressPool } from './address-pool.js';
import { InventoryView } from './inventory-view.js';
import { statedCapacities } from './storage-facts.js';

const LEASE: LeaseId = { owner: TENANT, dseq: 5n, gseq: 1, oseq: 1, bseq: 0, provider: PROVIDER };
const SPACE = leaseNamespace(LEASE);
const GIB = 2n ** 30n;
const stops: (() => Promise<void>)[] = [];

const put = async <T extends KubeObject>(kube: FakeKube, resource: Resource<T>, object: T) => {
  const { status, ...rest } = object as T & { readonly status?: unknown };
  const { name, namespace } = object.metadata;
  if ((await kube.get(resource, { name, namespace })) === undefined)
    await kube.create(resource, rest);
  if (status !== undefined)
    await kube.applyStatus(resource, {
      ...{ apiVersion: object.apiVersion, kind: object.kind, status: status as never },
      metadata: namespace === undefined ? { name } : { name, namespace },
    });
};

/** A view that is synced on what `kube` holds. */
const watching = async (
  kube: FakeKube,
  nodeSelector: Record<string, string> = {},
  capacities: Record<string, string> = {},
) => {
  const errors: unknown[] = [];
  const view = new InventoryView({
    ...{ api: kube, clock: systemClock, random: Math.random },
    observe: { ...OBSERVE_DEFAULTS, requiredLabels: nodeSelector },
    addresses: addressPool(['203.0.113.0/29']),
    faultsOf: () => [],
    storageCapacities: statedCapacities(capacities),
    onError: (error) => errors.push(error),
  });
  const stop = new AbortController();
  const running = view.run(stop.signal);
  stops.push(async () => {
    stop.abort();
    await running;
  });
  const until = async (
    what: string,
    holds: (snapshot: InventorySnapshot) => boolean,
  ): Promise<InventorySnapshot> => {
    for (let tries = 0; tries < 2000; tries += 1) {
      const synced = view.fault(Number.POSITIVE_INFINITY) === undefined;
      const snapshot = synced ? view.snapshot([]) : undefined;
      if (snapshot !== undefined && holds(snapshot)) return snapshot;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`never happened: ${what}`);
  };
  return { view, until, errors };
};

const gpuPod = (name: string, gpus: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: SPACE, uid: name },
  spec: {
    nodeName: 'n',
    containers: [{ name: 'c', resources: { requests: { 'nvidia.com/gpu': gpus } } }],
  },
  status: { phase: 'Running' },
});
const withGpus = (count: string): Node => {
  const node = aGpuNode('n');
  const list = { ...node.status?.capacity, 'nvidia.com/gpu': count };
  return { ...node, status: { ...node.status, capacity: list, allocatable: list } };
};
const freeOn = (snapshot: InventorySnapshot): bigint => {
  const [node] = snapshot.nodes;
  return node?.gpu === undefined ? 0n : node.allocatable.gpus - node.allocated.gpus;
};
const space = { apiVersion: 'v1', kind: 'Namespace' } as const;

describe('InventoryView', () => {
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });

  it('support#207, #249: follows the device plugin without a restart, whenever it comes or goes', async () => {
    const kube = new FakeKube();
    await put(kube, NODES, withGpus('0'));
    const { until } = await watching(kube);
    const dark = await until('the node is seen', (s) => s.nodes.length === 1);
    expect(dark.nodes[0]?.gpuUnsellable.map((r) => r.code)).toEqual(['GpuNotReported']);
    for (const count of ['8', '0', '8']) {
      await put(kube, NODES, withGpus(count));
      await until(`${count} GPUs`, (s) => freeOn(s) === BigInt(count));
    }
  });

  it('support#430: GPUs of a lease that was cleaned up are free at once', async () => {
    const kube = new FakeKube();
    await put(kube, NODES, withGpus('8'));
    await put(kube, NAMESPACES, {
      ...space,
      metadata: { name: SPACE, labels: leaseLabels(LEASE, 'namespace') },
    });
    await put(kube, PODS, gpuPod('app-0', '8'));
    const { until } = await watching(kube);
    await until('the pod counts', (s) => freeOn(s) === 0n);
    await kube.delete(PODS, { name: 'app-0', namespace: SPACE });
    await until('the GPUs are free', (s) => freeOn(s) === 8n);
  });

  it('reads DRA devices where the API server has them', async () => {
    const kube = new FakeKube();
    const list = { cpu: '64', memory: '512Gi', 'ephemeral-storage': '1Ti', pods: '110' };
    await put(kube, NODES, {
      ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } },
      status: {
        ...{ capacity: list, allocatable: list },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    });
    const resource = { apiVersion: 'resource.k8s.io/v1' } as const;
    const devices = ['gpu-0', 'gpu-1', 'gpu-2'].map((name, i) => ({
      name,
      attributes: {
        type: { string: 'gpu' },
        uuid: { string: `GPU-${i}` },
        productName: { string: 'NVIDIA H100 80GB HBM3' },
        driverVersion: { version: '580.65.6' },
      },
      capacity: { memory: { value: '81559Mi' } },
      ...(i === 0 && {
        taints: [{ key: 'gpu.nvidia.com/xid', value: '79', effect: 'NoSchedule' }],
      }),
    }));
    await put(kube, RESOURCE_SLICES, {
      ...{ ...resource, kind: 'ResourceSlice', metadata: { name: 'n-1' } },
      spec: {
        ...{ driver: 'gpu.nvidia.com', nodeName: 'n', devices },
        pool: { name: 'n', generation: 1, resourceSliceCount: 1 },
      },
    });
    await put(kube, DEVICE_CLASSES, {
      ...{ ...resource, kind: 'DeviceClass', metadata: { name: 'gpu.nvidia.com' } },
      spec: { extendedResourceName: 'nvidia.com/gpu' },
    });
    await put(kube, RESOURCE_CLAIMS, {
      ...{ ...resource, kind: 'ResourceClaim', metadata: { name: 'c', namespace: 'other' } },
      status: {
        allocation: {
          devices: { results: [{ driver: 'gpu.nvidia.com', pool: 'n', device: 'gpu-1' }] },
        },
      },
    });
    const { until } = await watching(kube);
    const snapshot = await until('one GPU is free', (s) => freeOn(s) === 1n);
    expect(snapshot.nodes[0]?.gpu?.model.model).toBe('h100');
    expect(snapshot.nodes[0]?.software).toEqual({ driver: '580.65.6' });
    expect(snapshot.nodes[0]?.gpuUnsellable.map((r) => r.code)).toEqual(['GpuTainted']);
  });

  it('an API server without DRA or free space is no fault, and nothing is said of it', async () => {
    const kube = new FakeKube();
    await put(kube, NODES, withGpus('8'));
    kube.failWith((verb, resource) => {
      if (!/resource.k8s.io|csistoragecapacities/.test(resource)) return;
      throw new KubeUnknownResourceError('not installed', {
        target: { verb, resource, name: undefined, namespace: undefined },
        ...{ status: 404, reason: 'NotFound' },
      });
    });
    const { until, errors } = await watching(kube);
    await until('GPUs are for sale', (s) => freeOn(s) === 8n);
    expect(errors).toEqual([]);
  });

  it('tells real free space, volumes that exist, and addresses that are left', async () => {
    const kube = new FakeKube();
    await put(kube, NODES, withGpus('8'));
    await put(kube, NAMESPACES, {
      ...space,
      metadata: { name: SPACE, labels: leaseLabels(LEASE, 'namespace') },
    });
    const storage = { apiVersion: 'storage.k8s.io/v1' } as const;
    const labels = { 'akash.network': 'true' };
    await put(kube, STORAGE_CLASSES, {
      ...{ ...storage, kind: 'StorageClass', metadata: { name: 'beta3', labels } },
    });
    await put(kube, STORAGE_CLASSES, {
      ...{ ...storage, kind: 'StorageClass', metadata: { name: 'beta1', labels } },
    });
    await put(kube, CSI_STORAGE_CAPACITIES, {
      ...{ ...storage, kind: 'CSIStorageCapacity', storageClassName: 'beta3' },
      ...{ metadata: { name: 'c', namespace: 'ceph' }, nodeTopology: {}, capacity: '1Gi' },
    });
    await put(kube, PERSISTENT_VOLUME_CLAIMS, {
      ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
      metadata: { name: 'data', namespace: SPACE },
      spec: { storageClassName: 'beta3' },
      status: { phase: 'Bound', capacity: { storage: '512Mi' } },
    });
    const service = (name: string, namespace: string, ip: string) => ({
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace } },
      ...{ spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ ip }] } } },
    });
    await put(kube, SERVICES, service('a', SPACE, '203.0.113.1'));
    await put(kube, SERVICES, service('b', SPACE, '203.0.113.1'));
    await put(kube, SERVICES, service('ingress', 'ingress-nginx', '203.0.113.2'));
    await put(kube, SERVICES, service('elsewhere', 'other', '198.51.100.9'));
    const { view, until } = await watching(kube);
    const snapshot = await until('addresses are known', (s) => s.leasedIpsAvailable === 6);
    await until('space is known', (s) => s.storage.some((c) => c.availableBytes !== undefined));
    expect(snapshot.storage.map((s) => s.name)).toEqual(['beta1', 'beta3']);
    const held = {
      ...{ key: `${TENANT}/5/1/1`, owner: TENANT, perNode: [], reason: 'lease' },
      storage: [{ className: 'beta3', bytes: 512n * 2n ** 20n }],
      leasedIps: 2,
    };
    const after = view.snapshot([held]);
    expect(after.storage).toEqual([
      {
        ...{ name: 'beta1', availableBytes: undefined },
        unsellable: [expect.objectContaining({ code: 'StorageCapacityUnknown' })],
      },
      { name: 'beta3', availableBytes: 2n ** 30n },
    ]);
    expect(after.leasedIpsAvailable).toBe(5);
  });

  it('counts every claim against what the operator states, bound or not, whosever it is, and a lease once', async () => {
    const kube = new FakeKube();
    await put(kube, NODES, withGpus('8'));
    await put(kube, NAMESPACES, {
      ...space,
      metadata: { name: SPACE, labels: leaseLabels(LEASE, 'namespace') },
    });
    await put(kube, STORAGE_CLASSES, {
      ...{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
      metadata: { name: 'beta3', labels: { 'akash.network': 'true' } },
    });
    const claim = (name: string, namespace: string, asked: string, has?: string) => ({
      ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace } },
      spec: { storageClassName: 'beta3', resources: { requests: { storage: asked } } },
      status:
        has === undefined ? { phase: 'Pending' } : { phase: 'Bound', capacity: { storage: has } },
    });
    await put(kube, PERSISTENT_VOLUME_CLAIMS, claim('bound', SPACE, '1Gi', '2Gi'));
    await put(kube, PERSISTENT_VOLUME_CLAIMS, claim('pending', SPACE, '3Gi'));
    await put(kube, PERSISTENT_VOLUME_CLAIMS, claim('database', 'default', '4Gi', '4Gi'));
    const { view, until } = await watching(kube, {}, { beta3: '20Gi' });
    const free = (s: InventorySnapshot): bigint | undefined => s.storage[0]?.availableBytes;
    await until('the claims count', (s) => free(s) === 11n * GIB);
    const held = {
      ...{ key: `${TENANT}/5/1/1`, owner: TENANT, perNode: [], leasedIps: 0, reason: 'lease' },
      storage: [{ className: 'beta3', bytes: 6n * GIB }],
    };
    expect(free(view.snapshot([held]))).toBe(10n * GIB);
  });

  it('sells only nodes that the operator has chosen', async () => {
    const kube = new FakeKube();
    await put(kube, NODES, withGpus('8'));
    const { until } = await watching(kube, { 'berth.dev/sell': 'true' });
    const snapshot = await until('the node is seen', (s) => s.nodes.length === 1);
    expect(snapshot.nodes[0]?.unsellable.map((r) => r.code)).toEqual(['NodeNotSelected']);
  });
});
