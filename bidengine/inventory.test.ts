import { describe, expect, it } from '@jest/globals';
import { buildSnapshot } from './inventory.js';
import type { PodFacts } from './cluster-facts.js';
import { NOTHING } from './quantities.js';
import type { InventorySnapshot, Reservation } from './snapshot.js';
import { aCluster, aNodeFacts, aPod } from './testing/facts-builder.js';

const gpuNode = (name: string, healthyGpus = 8) =>
  aNodeFacts(name, { gpus: 8, healthyGpus, product: 'NVIDIA-H100-80GB-HBM3' });
const ORDER = 'akash1tenant/5/1/1';
const LEASE = `${ORDER}/akash1provider`;

const reserved = (gpus: Record<string, bigint>, extra: Partial<Reservation> = {}): Reservation => ({
  key: ORDER,
  owner: 'akash1tenant',
  perNode: Object.entries(gpus).map(([node, n]) => ({
    node,
    quantities: { ...NOTHING, gpus: n, pods: 1n },
  })),
  storage: [],
  leasedIps: 0,
  reason: 'lease active',
  ...extra,
});

const leasePod = (node: string | undefined, gpus: number, name = 'app-0'): PodFacts =>
  aPod(node, { 'nvidia.com/gpu': String(gpus) }, { name, leasePath: LEASE });

const gpusTaken = (snapshot: InventorySnapshot): Record<string, bigint> =>
  Object.fromEntries(snapshot.nodes.map((n) => [n.name, n.allocated.gpus]));

describe('buildSnapshot', () => {
  it('sorts nodes by name and sums what their pods request', () => {
    const pods = [aPod('b', { cpu: '1' }), aPod('b', { cpu: '500m' }, { name: 'web-1' })];
    const snapshot = buildSnapshot(
      aCluster({ nodes: [aNodeFacts('b'), aNodeFacts('a')], pods }),
      [],
      42,
    );
    expect(snapshot.nodes.map((n) => [n.name, n.allocated.milliCpu])).toEqual([
      ['a', 0n],
      ['b', 1500n],
    ]);
    expect(snapshot.takenAtMs).toBe(42);
    expect(snapshot.anomalies).toEqual([]);
  });

  it.each<[string, readonly PodFacts[], bigint]>([
    ['a finished pod holds nothing', [aPod('n', { cpu: '1' }, { phase: 'Succeeded' })], 0n],
    ['an evicted pod holds nothing', [aPod('n', { cpu: '1' }, { phase: 'Failed' })], 0n],
    ['a pod not yet bound holds no node', [aPod(undefined, { cpu: '1' })], 0n],
    ['a pod listed twice counts once', [aPod('n', { cpu: '1' }), aPod('n', { cpu: '1' })], 1000n],
    [
      'pods of one name in two namespaces count twice',
      [aPod('n', { cpu: '1' }), aPod('n', { cpu: '1' }, { namespace: 'other' })],
      2000n,
    ],
    [
      'init containers count',
      [aPod('n', { cpu: '1' }, { initContainers: [{ requests: { cpu: '3' }, sidecar: false }] })],
      3000n,
    ],
  ])('%s', (_name, pods, want) => {
    const snapshot = buildSnapshot(aCluster({ nodes: [aNodeFacts('n')], pods }), [], 0);
    expect(snapshot.nodes[0]?.allocated.milliCpu).toBe(want);
  });

  it('akash-network/support#244: a sick GPU in use never makes the count wrap', () => {
    const pods = [aPod('n', { 'nvidia.com/gpu': '8' })];
    const snapshot = buildSnapshot(aCluster({ nodes: [gpuNode('n', 7)], pods }), [], 0);
    const node = snapshot.nodes[0];
    expect([node?.allocatable.gpus, node?.allocated.gpus]).toEqual([7n, 8n]);
    expect(node?.gpuUnsellable.map((r) => r.code)).toEqual(['GpuUnhealthy']);
    expect(snapshot.anomalies).toEqual([
      { code: 'NodeOverAllocated', message: 'gpus 8 of 7 taken', field: 'node/n' },
    ]);
  });

  it('akash-network/support#207: GPUs that the device plugin reports later are simply there', () => {
    const labels = { 'nvidia.com/gpu.present': 'true' };
    const before = buildSnapshot(aCluster({ nodes: [aNodeFacts('n', { labels })] }), [], 0);
    expect(before.nodes[0]?.gpuUnsellable.map((r) => r.code)).toEqual(['GpuNotReported']);
    const after = buildSnapshot(aCluster({ nodes: [gpuNode('n')] }), [], 1);
    expect(after.nodes[0]?.gpu?.model.model).toBe('h100');
  });

  it('takes a node off sale whose pods it cannot read', () => {
    const pods = [aPod('n', { cpu: 'lots' }, { leasePath: LEASE })];
    const snapshot = buildSnapshot(
      aCluster({ nodes: [gpuNode('n')], pods }),
      [reserved({ n: 8n })],
      0,
    );
    expect(snapshot.nodes[0]?.unsellable.map((r) => [r.code, r.field])).toEqual([
      ['PodQuantityInvalid', 'pod/default/web-0'],
    ]);
    expect(snapshot.anomalies.map((r) => r.code)).toEqual(['PodQuantityInvalid']);
    expect(gpusTaken(snapshot)).toEqual({ n: 8n });
  });

  it('reports pods and reservations of nodes that are gone', () => {
    const cluster = aCluster({ nodes: [gpuNode('a')], pods: [aPod('gone', { cpu: '1' })] });
    const snapshot = buildSnapshot(cluster, [reserved({ lost: 8n })], 0);
    expect(snapshot.anomalies.map((r) => [r.code, r.field])).toEqual([
      ['PodNodeMissing', 'node/gone'],
      ['ReservedNodeMissing', 'node/lost'],
    ]);
  });

  it.each<[string, readonly PodFacts[], Record<string, bigint>]>([
    ['no pod yet: the reservation holds', [], { a: 8n, b: 8n }],
    ['a pod not yet bound: the reservation holds', [leasePod(undefined, 8)], { a: 8n, b: 8n }],
    ['one of two pods runs: each node counts once', [leasePod('a', 8)], { a: 8n, b: 8n }],
    [
      'both run: nothing is held beyond them',
      [leasePod('a', 8), leasePod('b', 8, 'app-1')],
      { a: 8n, b: 8n },
    ],
    [
      'a pod went elsewhere: its node is free',
      [leasePod('c', 8), leasePod('b', 8, 'app-1')],
      { b: 8n, c: 8n },
    ],
    [
      'a pod went elsewhere and the other is missing: one node is free',
      [leasePod('c', 8)],
      { b: 8n, c: 8n },
    ],
    [
      'a pod finished: the reservation holds again',
      [{ ...leasePod('a', 8), phase: 'Failed' }],
      { a: 8n, b: 8n },
    ],
    [
      'a rolling update runs two at once on one node',
      [leasePod('a', 4), leasePod('a', 4, 'app-2')],
      { a: 8n, b: 8n },
    ],
  ])('a lease never counts twice: %s', (_name, pods, want) => {
    const nodes = ['a', 'b', 'c'].map((n) => gpuNode(n));
    const snapshot = buildSnapshot(aCluster({ nodes, pods }), [reserved({ a: 8n, b: 8n })], 0);
    expect(gpusTaken(snapshot)).toEqual({ a: 0n, b: 0n, c: 0n, ...want });
    expect(snapshot.anomalies).toEqual([]);
  });

  it("does not let another tenant's pods use up a reservation", () => {
    const other = { ...leasePod('a', 4), leasePath: 'akash1other/5/1/1/akash1provider' };
    const snapshot = buildSnapshot(
      aCluster({ nodes: [gpuNode('a')], pods: [other] }),
      [reserved({ a: 4n })],
      0,
    );
    expect(gpusTaken(snapshot)).toEqual({ a: 8n });
  });

  it('counts volumes and addresses of a lease once too', () => {
    const cluster = aCluster({
      storageClasses: [{ name: 'beta3', availableBytes: 100n, everywhere: true }],
      volumes: [
        { className: 'beta3', bytes: 30n, leasePath: LEASE },
        { className: 'beta3', bytes: 30n, leasePath: 'akash1other/1/1/1/akash1provider' },
      ],
      leasedIps: { available: 5, assigned: [{ leasePath: LEASE, count: 1 }] },
    });
    const held = { storage: [{ className: 'beta3', bytes: 50n }], leasedIps: 3 };
    const snapshot = buildSnapshot(cluster, [reserved({}, held)], 0);
    expect(snapshot.storage).toEqual([{ name: 'beta3', availableBytes: 80n }]);
    expect(snapshot.leasedIpsAvailable).toBe(3);
    const done = {
      ...cluster,
      volumes: [{ className: 'beta3', bytes: 60n, leasePath: LEASE }],
      leasedIps: { available: 5, assigned: [{ leasePath: LEASE, count: 3 }] },
    };
    expect(buildSnapshot(done, [reserved({}, held)], 0).storage[0]?.availableBytes).toBe(100n);
  });
});
