/**
 * What is remembered from one recount to the next never shows: after any sequence of changes the snapshot equals the one that
 * is counted from copies of the same facts, of which nothing can be remembered.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type {
  ClusterFacts,
  DraClaimFacts,
  DraSliceFacts,
  NodeFacts,
  PodFacts,
  StorageClassFacts,
} from './cluster-facts.js';
import { buildSnapshot } from './inventory.js';
import { OBSERVE_DEFAULTS } from './observe-node.js';
import { NOTHING } from './quantities.js';
import type { InventorySnapshot, Reservation } from './snapshot.js';
import { aCluster, aNodeFacts, aPod } from './testing/facts-builder.js';

const NAMES = ['a', 'b', 'c'];
const LEASES = ['t/1/1/1', 't/2/1/1'];
const nodeName = fc.constantFrom(...NAMES);

const node: Arbitrary<NodeFacts> = fc
  .record({
    name: nodeName,
    gpus: fc.constantFrom(0, 4, 8),
    ill: fc.constantFrom(0, 0, 1),
    unschedulable: fc.constantFrom(false, false, true),
    cpu: fc.constantFrom('64', '8', 'x'),
  })
  .map(({ name, gpus, ill, unschedulable, cpu }) => {
    const facts = aNodeFacts(name, {
      ...{ gpus, healthyGpus: Math.max(0, gpus - ill), unschedulable },
      product: 'NVIDIA-H100-80GB-HBM3',
    });
    return { ...facts, allocatable: { ...facts.allocatable, cpu } };
  });

const pod: Arbitrary<PodFacts> = fc
  .record({
    name: fc.constantFrom('p', 'q', 'r'),
    on: fc.constantFrom('a', 'a', 'b', 'c', 'gone', undefined),
    cpu: fc.constantFrom('1', '500m', '2', 'much'),
    gpus: fc.constantFrom('0', '1', '4'),
    phase: fc.constantFrom('Running', 'Running', 'Succeeded'),
    lease: fc.constantFrom(undefined, ...LEASES),
  })
  .map(({ name, on, cpu, gpus, phase, lease }) =>
    aPod(
      on,
      { cpu, 'nvidia.com/gpu': gpus },
      { name, phase, ...(lease === undefined ? {} : { leasePath: `${lease}/p` }) },
    ),
  );

const slice: Arbitrary<DraSliceFacts> = fc
  .record({
    nodeName,
    generation: fc.integer({ min: 1, max: 2 }),
    slicesInPool: fc.constantFrom(1, 1, 2),
    tainted: fc.boolean(),
  })
  .map(({ tainted, ...facts }) => ({
    ...{ ...facts, driver: 'gpu.nvidia.com', pool: facts.nodeName },
    devices: ['gpu-0', 'gpu-1'].map((name) => ({
      ...{ name, type: 'gpu', uuid: name, productName: 'NVIDIA H100 80GB HBM3', memory: '80Gi' },
      taints: tainted && name === 'gpu-1' ? [{ key: 'ill', effect: 'NoSchedule' }] : [],
    })),
  }));

const claim: Arbitrary<DraClaimFacts> = fc
  .record({ pool: nodeName, device: fc.constantFrom('gpu-0', 'gpu-1'), own: fc.boolean() })
  .map(({ pool, device, own }) => ({
    forExtendedResource: own,
    devices: [{ driver: 'gpu.nvidia.com', pool, device }],
  }));

/** A class whose free space differs by node. */
const local: Arbitrary<StorageClassFacts> = fc
  .array(fc.record({ on: nodeName, by: fc.constantFrom('host', 'all'), capacity: fc.nat(3) }), {
    maxLength: 4,
  })
  .map((segments) => ({
    ...{ name: 'local', availableBytes: undefined, everywhere: true },
    segments: segments.map(({ on, by, capacity }) => ({
      nodes: by === 'all' ? {} : { matchLabels: { 'kubernetes.io/hostname': on } },
      capacity: capacity === 0 ? undefined : `${capacity}Gi`,
    })),
  }));

type Draft = Pick<ClusterFacts, 'nodes' | 'pods' | 'storageClasses'> & {
  readonly slices: readonly DraSliceFacts[];
  readonly claims: readonly DraClaimFacts[];
};
/** One change; everything that it leaves alone stays the same object. */
type Change = (draft: Draft) => Draft;

const replacing = <T>(list: readonly T[], item: T, key: (of: T) => unknown): readonly T[] => [
  ...list.filter((x) => key(x) !== key(item)),
  item,
];
const change: Arbitrary<Change> = fc.oneof(
  node.map((n): Change => (d) => ({ ...d, nodes: replacing(d.nodes, n, (x) => x.name) })),
  nodeName.map((n): Change => (d) => ({ ...d, nodes: d.nodes.filter((x) => x.name !== n) })),
  pod.map((p): Change => (d) => ({ ...d, pods: replacing(d.pods, p, (x) => x.name) })),
  pod.map((p): Change => (d) => ({ ...d, pods: [...d.pods, p] })),
  fc.nat(5).map((i): Change => (d) => ({ ...d, pods: d.pods.filter((_, at) => at !== i) })),
  slice.map((s): Change => (d) => ({ ...d, slices: [...d.slices, s] })),
  fc.nat(3).map((i): Change => (d) => ({ ...d, slices: d.slices.filter((_, at) => at !== i) })),
  claim.map((c): Change => (d) => ({ ...d, claims: [...d.claims, c] })),
  fc.constant<Change>((d) => ({ ...d, claims: d.claims.slice(1) })),
  local.map((c): Change => (d) => ({ ...d, storageClasses: [c] })),
);

const reservations: readonly Reservation[] = LEASES.map((key, i) => ({
  ...{ key, owner: 't', storage: [], leasedIps: 0, reason: 'lease active' },
  perNode: [
    { node: NAMES[i] ?? 'a', quantities: { ...NOTHING, gpus: 4n, milliCpu: 2000n, pods: 1n } },
  ],
}));

const counted = ({ slices, claims, ...facts }: Draft): InventorySnapshot => {
  const dra = { slices, claims, mappedResources: ['nvidia.com/gpu'] };
  const cluster = aCluster({ ...facts, ...(slices.length === 0 ? {} : { dra }) });
  return buildSnapshot(cluster, reservations, 0, OBSERVE_DEFAULTS);
};

describe('a recount', () => {
  it('after any changes equals one that remembers nothing', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 20, maxLength: 40 }), (changes) => {
        let draft: Draft = { nodes: [], pods: [], storageClasses: [], slices: [], claims: [] };
        for (const next of changes) {
          draft = next(draft);
          expect(counted(draft)).toEqual(counted(structuredClone(draft)));
        }
      }),
    );
  });

  it('gives the same object for a node about which nothing changed', () => {
    const nodes = [aNodeFacts('a'), aNodeFacts('b')];
    const pods = [aPod('a', { cpu: '1' }, { name: 'p' }), aPod('b', { cpu: '1' }, { name: 'q' })];
    const before = buildSnapshot(aCluster({ nodes, pods }), [], 0);
    const more = [...pods, aPod('b', { cpu: '1' }, { name: 'r' })];
    const after = buildSnapshot(aCluster({ nodes, pods: more }), [], 1);
    expect(after.nodes[0]).toBe(before.nodes[0]);
    expect(after.nodes[1]?.allocated.milliCpu).toBe(2000n);
  });

  it('a finished pod gives its node back although its object stays', () => {
    const nodes = [aNodeFacts('a')];
    const runs = aPod('a', { cpu: '1' });
    const taken = (pods: readonly PodFacts[]): bigint | undefined =>
      buildSnapshot(aCluster({ nodes, pods }), [], 0).nodes[0]?.allocated.milliCpu;
    expect([taken([runs]), taken([{ ...runs, phase: 'Succeeded' }]), taken([runs])]).toEqual([
      1000n,
      0n,
      1000n,
    ]);
  });
});
