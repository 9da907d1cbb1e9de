import { describe, expect, it } from '@jest/globals';
import type { StorageClassFacts } from './cluster-facts.js';
import { OBSERVE_DEFAULTS, observeNode } from './observe-node.js';
import { aNodeFacts } from './testing/facts-builder.js';
import type { NodeFactsOptions } from './testing/facts-builder.js';
import { GIB } from './testing/order-builder.js';

const H100 = 'NVIDIA-H100-80GB-HBM3';
const taint = (key: string, effect: string, value?: string) => ({ key, effect, value });

describe('observeNode', () => {
  it('reads a GPU node: what it gives, which model, which labels', () => {
    const node = observeNode(aNodeFacts('gpu-1', { gpus: 8, product: H100 }), []);
    expect(node).toEqual({
      name: 'gpu-1',
      labels: {
        'kubernetes.io/hostname': 'gpu-1',
        'nvidia.com/gpu.product': H100,
        'nvidia.com/gpu.memory': '81559',
      },
      unsellable: [],
      gpuUnsellable: [],
      gpuCapacity: 8n,
      slices: [],
      software: {},
      allocatable: {
        milliCpu: 64_000n,
        memoryBytes: 512n * GIB,
        ephemeralBytes: 2048n * GIB,
        gpus: 8n,
        pods: 110n,
      },
      allocated: { milliCpu: 0n, memoryBytes: 0n, ephemeralBytes: 0n, gpus: 0n, pods: 0n },
      gpu: {
        resourceName: 'nvidia.com/gpu',
        model: { vendor: 'nvidia', model: 'h100', ram: '80Gi', interface: 'sxm' },
      },
      storageClasses: [],
    });
  });

  it.each<[string, NodeFactsOptions, readonly (readonly [string, string])[]]>([
    ['a cordoned node', { unschedulable: true }, [['NodeCordoned', 'the node is cordoned']]],
    [
      'a node that is not Ready',
      { ready: false },
      [['NodeNotReady', 'the node does not report Ready']],
    ],
    [
      'a taint that repels',
      { taints: [taint('dedicated', 'NoSchedule', 'team-a')] },
      [['NodeTainted', 'tenant pods do not tolerate taint dedicated=team-a:NoSchedule']],
    ],
    [
      'a taint that evicts',
      { taints: [taint('gone', 'NoExecute', '')] },
      [['NodeTainted', 'tenant pods do not tolerate taint gone:NoExecute']],
    ],
    ['a taint that only advises', { taints: [taint('busy', 'PreferNoSchedule')] }, []],
    ['the taint of GPU nodes', { taints: [taint('nvidia.com/gpu', 'NoSchedule', 'present')] }, []],
    [
      'a cordon, told once although Kubernetes taints too',
      { unschedulable: true, taints: [taint('node.kubernetes.io/unschedulable', 'NoSchedule')] },
      [['NodeCordoned', 'the node is cordoned']],
    ],
    [
      'a dead node, told once although Kubernetes taints too',
      { ready: false, taints: [taint('node.kubernetes.io/unreachable', 'NoExecute')] },
      [['NodeNotReady', 'the node does not report Ready']],
    ],
    [
      'a node that NVSentinel holds back',
      { labels: { 'dgxc.nvidia.com/nvsentinel-state': 'draining' } },
      [['NodeQuarantined', 'NVSentinel has the node as draining']],
    ],
    [
      'an amount that cannot be read',
      { allocatable: { cpu: 'lots' } },
      [
        [
          'NodeQuantityInvalid',
          'quantity "lots" must be a number with an optional suffix such as Gi or m',
        ],
      ],
    ],
  ])('%s', (_name, options, want) => {
    const { unsellable } = observeNode(aNodeFacts('n', options), []);
    expect(unsellable.map((r) => [r.code, r.message])).toEqual(want);
  });

  it('sells only nodes with the labels the operator demands, and tolerates what it tolerates', () => {
    const options = {
      ...OBSERVE_DEFAULTS,
      requiredLabels: { 'akash.network': 'true' },
      toleratedTaints: ['kwok.x-k8s.io/node'],
    };
    const taints = [taint('kwok.x-k8s.io/node', 'NoSchedule', 'fake')];
    const bare = observeNode(aNodeFacts('n', { taints }), [], options);
    expect(bare.unsellable).toEqual([
      {
        code: 'NodeNotSelected',
        message: 'the node lacks the label akash.network=true',
        field: 'akash.network',
      },
    ]);
    const labels = { 'akash.network': 'true' };
    expect(observeNode(aNodeFacts('n', { taints, labels }), [], options).unsellable).toEqual([]);
    expect(OBSERVE_DEFAULTS.requiredLabels).toEqual({});
  });

  it.each<[string, NodeFactsOptions, string, boolean]>([
    [
      'shared by strategy',
      { gpus: 4, product: H100, labels: { 'nvidia.com/gpu.sharing-strategy': 'mps' } },
      'GpuShared',
      false,
    ],
    [
      'whose slices are shared',
      { gpus: 14, product: 'NVIDIA-H100-80GB-HBM3-MIG-1g.10gb-SHARED' },
      'GpuShared',
      false,
    ],
    ['without a model label', { gpus: 4 }, 'GpuModelUnknown', false],
    [
      'of several models',
      {
        gpus: 2,
        labels: {
          'akash.network/capabilities.gpu.vendor.nvidia.model.rtx3090': 'true',
          'akash.network/capabilities.gpu.vendor.nvidia.model.rtx3060ti': 'true',
        },
      },
      'GpuMixed',
      false,
    ],
    [
      'present but not reported',
      { labels: { 'nvidia.com/gpu.present': 'true' } },
      'GpuNotReported',
      false,
    ],
    ['partly sick', { gpus: 8, healthyGpus: 6, product: H100 }, 'GpuUnhealthy', true],
  ])('GPUs %s', (_name, options, wantCode, wantSold) => {
    const node = observeNode(aNodeFacts('n', options), []);
    expect(node.gpuUnsellable.map((r) => r.code)).toEqual([wantCode]);
    expect(node.gpu !== undefined).toBe(wantSold);
    expect(node.unsellable).toEqual([]);
  });

  it('names how many GPUs are sick', () => {
    const node = observeNode(aNodeFacts('n', { gpus: 8, healthyGpus: 6, product: H100 }), []);
    expect(node.gpuUnsellable[0]?.message).toBe('2 of 8 GPUs are not usable (allocatable 6)');
    expect(node.allocatable.gpus).toBe(6n);
  });

  it('mounts classes that are everywhere and those its labels name', () => {
    const classes: readonly StorageClassFacts[] = [
      { name: 'beta2', availableBytes: 1n, everywhere: true },
      { name: 'beta3', availableBytes: 1n, everywhere: false },
      { name: 'beta1', availableBytes: 1n, everywhere: false },
    ];
    const labels = {
      'akash.network/capabilities.storage.class.beta3': '1',
      'akash.network/capabilities.storage.class.beta1': '0',
    };
    const node = observeNode(aNodeFacts('n', { labels }), classes);
    expect(node.storageClasses).toEqual(['beta2', 'beta3']);
  });
});
