/**
 * What the scheduler does with the pods of a lease, and what our decision has to say before: each a disagreement that was
 * found once against kube-scheduler (test/scheduler) or by reading its filters, kept by name.
 */
import { describe, expect, it } from '@jest/globals';
import type { NodeFacts, StorageClassFacts } from './cluster-facts.js';
import { buildSnapshot } from './inventory.js';
import { place } from './placement.js';
import { keepWholeNodesWhole } from './scorer.js';
import { aCluster, aNodeFacts } from './testing/facts-builder.js';
import { dec } from './testing/input-builder.js';
import { anOrder, aUnit, GIB, persistentVolume } from './testing/order-builder.js';
import type { UnitBuilder } from './testing/order-builder.js';

const H100 = 'NVIDIA-H100-80GB-HBM3';
const gpuTaint = (effect: string) => ({ key: 'nvidia.com/gpu', value: 'present', effect });
const arch = (name: string) => ({ 'kubernetes.io/arch': name });
const zone = (name: string) => ({ 'topology.kubernetes.io/zone': name });
const host = (name: string) => ({ matchLabels: { 'kubernetes.io/hostname': name } });
const inZone = (name: string) => ({ matchLabels: zone(name) });

const decided = (
  units: readonly UnitBuilder[],
  nodes: readonly NodeFacts[],
  storageClasses: readonly StorageClassFacts[] = [],
): string => {
  const snapshot = buildSnapshot(aCluster({ nodes, storageClasses }), [], 0);
  const { spec } = anOrder()
    .withUnits(...units.map((u) => u.obj()))
    .obj();
  const result = place(spec, snapshot, {
    worth: () => dec('1'),
    scorer: keepWholeNodesWhole,
  });
  return result.ok
    ? result.placement.map((p) => `${p.unitId}:${p.node}`).join(' ')
    : result.reasons.map((r) => r.code).join(' ');
};

const gpus = (count: number, id = 1): UnitBuilder => aUnit(id).withGpu('nvidia', 'h100', count);
const volume = (gib: bigint, id = 1): UnitBuilder =>
  aUnit(id).withVolumes(persistentVolume('beta3', gib * GIB));
const local = (...parts: readonly (readonly [string, string])[]): StorageClassFacts => ({
  ...{ name: 'beta3', availableBytes: undefined, everywhere: true },
  segments: parts.map(([name, capacity]) => ({ nodes: host(name), capacity })),
});

describe('the scheduler would not bind, so there is no bid', () => {
  it.each<
    [string, readonly UnitBuilder[], readonly NodeFacts[], readonly StorageClassFacts[], string]
  >([
    [
      'a pod without GPUs does not tolerate the taint that GPU nodes bear',
      [aUnit()],
      [aNodeFacts('g', { gpus: 8, product: H100, taints: [gpuTaint('NoSchedule')] })],
      [],
      'NodesKeptForGpus',
    ],
    [
      'nobody tolerates NoExecute',
      [gpus(1)],
      [aNodeFacts('g', { gpus: 8, product: H100, taints: [gpuTaint('NoExecute')] })],
      [],
      'GpuModelUnavailable',
    ],
    [
      'the CPU architecture is required of the node',
      [aUnit().onArch('arm64')],
      [aNodeFacts('n', { labels: arch('amd64') })],
      [],
      'ArchitectureUnavailable',
    ],
    [
      'no node is of two architectures',
      [aUnit().onArch('amd64', 'arm64')],
      [aNodeFacts('n', { labels: arch('amd64') })],
      [],
      'ArchitectureUnavailable',
    ],
    [
      'a volume can only be made in the allowed topologies of its class',
      [volume(1n)],
      [aNodeFacts('n', { labels: zone('a') })],
      [{ name: 'beta3', availableBytes: 100n * GIB, everywhere: true, topologies: [inZone('b')] }],
      'NoNodeMountsStorageClass',
    ],
    [
      'a volume that is made before the pod has a node may lie where the node is not',
      [volume(1n)],
      [aNodeFacts('n'), aNodeFacts('m')],
      [{ ...local(['n', '100Gi'], ['m', '100Gi']), immediate: true }],
      'NoNodeMountsStorageClass StorageBoundBlindly',
    ],
    [
      'one volume is no larger than the driver makes them',
      [volume(60n)],
      [aNodeFacts('n')],
      [
        {
          ...local(),
          segments: [{ nodes: host('n'), capacity: '100Gi', maximumVolumeSize: '50Gi' }],
        },
      ],
      'NoNodeMountsStorageClass',
    ],
  ])('%s', (_name, units, nodes, classes, want) => {
    expect(decided(units, nodes, classes)).toBe(want);
  });
});

describe('the scheduler binds, so there is a bid', () => {
  it.each<
    [string, readonly UnitBuilder[], readonly NodeFacts[], readonly StorageClassFacts[], string]
  >([
    [
      'pods with GPUs tolerate the taint that GPU nodes bear',
      [gpus(1)],
      [aNodeFacts('g', { gpus: 8, product: H100, taints: [gpuTaint('NoSchedule')] })],
      [],
      '1:g',
    ],
    [
      'a group whose parts go to tainted and other nodes',
      [aUnit(1), gpus(1, 2)],
      [
        aNodeFacts('g', { gpus: 8, product: H100, taints: [gpuTaint('NoSchedule')] }),
        aNodeFacts('n'),
      ],
      [],
      '1:n 2:g',
    ],
    [
      'local disks hold the replicas between them, though none holds all',
      [volume(60n).withCount(2)],
      [aNodeFacts('n'), aNodeFacts('m')],
      [local(['n', '100Gi'], ['m', '100Gi'])],
      '1:m 1:n',
    ],
    [
      'two volumes that together are larger than one may be',
      [
        aUnit().withVolumes(persistentVolume('beta3', 40n * GIB), {
          ...persistentVolume('beta3', 40n * GIB),
          name: 'other',
        }),
      ],
      [aNodeFacts('n')],
      [
        {
          ...local(),
          segments: [{ nodes: host('n'), capacity: '100Gi', maximumVolumeSize: '50Gi' }],
        },
      ],
      '1:n',
    ],
  ])('%s', (_name, units, nodes, classes, want) => {
    expect(decided(units, nodes, classes)).toBe(want);
  });
});

describe('the scheduler binds pod by pod, in any order', () => {
  const node = (name: string, count: number) => aNodeFacts(name, { gpus: count, product: H100 });
  const sized = (name: string, gib: number) => {
    const list = { ...aNodeFacts(name).capacity, memory: `${gib}Gi` };
    return aNodeFacts(name, { capacity: list, allocatable: list });
  };

  it.each<[string, readonly UnitBuilder[], readonly NodeFacts[], string]>([
    [
      'a unit that spans two nodes shares none with a unit that needs the rest of it',
      [
        aUnit(1)
          .withMemory(200n * GIB)
          .withCount(2),
        aUnit(2).withMemory(300n * GIB),
      ],
      [sized('a', 512), sized('b', 256), sized('c', 1024)],
      // 1:a 1:b 2:a is the tighter fit, but both of unit 1 could go to a.
      '1:b 1:c 2:a',
    ],
    [
      'where no other way is left, there is no bid',
      [gpus(4, 1).withCount(3), gpus(2, 2).withCount(2)],
      [node('a', 8), node('b', 8)],
      'PlacementUncertain',
    ],
    [
      'replicas of one unit stand for each other: any of them may fill any of its nodes',
      [gpus(3, 1).withCount(4)],
      [node('a', 6), node('b', 3), node('c', 3)],
      '1:b 1:c 1:a 1:a',
    ],
    [
      'units that share nodes with room to spare do not mind each other',
      [aUnit(1).withCount(2), gpus(8, 2).withCount(2)],
      [node('a', 8), node('b', 8)],
      '1:a 1:a 2:a 2:b',
    ],
  ])('%s', (_name, units, nodes, want) => {
    expect(decided(units, nodes)).toBe(want);
  });
});
