import { describe, expect, it } from '@jest/globals';
import type { DraDeviceFacts } from './cluster-facts.js';
import type { NodeDra } from './dra-devices.js';
import { observeNode } from './observe-node.js';
import type { NodeSnapshot } from './snapshot.js';
import { aNodeFacts } from './testing/facts-builder.js';
import type { NodeFactsOptions } from './testing/facts-builder.js';

const H100 = 'NVIDIA-H100-80GB-HBM3';
const observed = (options: NodeFactsOptions, dra?: NodeDra): NodeSnapshot =>
  observeNode(aNodeFacts('n', options), [], undefined, dra);
const codes = (node: NodeSnapshot): readonly string[] => node.gpuUnsellable.map((r) => r.code);
const fault = (type: string, message: string) => ({ type, message });

describe('what fault monitors say of GPUs', () => {
  it.each<[string, readonly { type: string; message: string }[], number, bigint]>([
    ['no condition', [], 8, 8n],
    ['one GPU named', [fault('GpuMemWatch', 'ErrorCode:DCGM_FR_X GPU:3 row remap')], 8, 7n],
    ['one GPU named twice', [fault('GpuMemWatch', 'GPU:3'), fault('GpuPcieWatch', 'GPU:3')], 8, 7n],
    ['two GPUs named', [fault('GpuNvlinkWatch', 'GPU:3; GPU:4 link down')], 8, 6n],
    [
      'one named by UUID',
      [fault('SysLogsXIDError', 'GPU-455d8f70-2051-db6c-0430-ffc457bff834 Xid 79')],
      8,
      7n,
    ],
    ['none named: all are suspect', [fault('SysLogsGPUFallenOff', 'a GPU is lost')], 8, 0n],
    ['the device plugin has seen the same one', [fault('GpuMemWatch', 'GPU:3')], 7, 7n],
    ['more named than there are', [fault('GpuMemWatch', 'GPU:1 GPU:2 GPU:3')], 8, 5n],
  ])('%s', (_name, faults, healthyGpus, want) => {
    const node = observed({ gpus: 8, healthyGpus, product: H100, faults });
    expect(node.allocatable.gpus).toBe(want);
    expect(codes(node).filter((c) => c === 'GpuFaultReported')).toHaveLength(faults.length);
    expect(node.gpu?.model.model).toBe('h100');
  });
});

describe('GPUs that the node agent does not call healthy', () => {
  const device = (uuid: string, pluginSees: boolean) => ({
    ...{ uuid, pluginSees, why: { code: 'GpuXid', message: `${uuid} is ill` } },
  });
  it.each<[string, readonly ReturnType<typeof device>[], number, bigint]>([
    ['one that the plugin does not see', [device('a', false)], 8, 7n],
    ['one that the plugin should see and has taken away', [device('a', true)], 7, 7n],
    ['one that the plugin should see and has not', [device('a', true)], 8, 7n],
    ['one of each', [device('a', true), device('b', false)], 7, 6n],
    ['more than there are', ['a', 'b', 'c'].map((u) => device(u, false)), 2, 0n],
  ])('%s', (_name, deviceFaults, healthyGpus, want) => {
    const node = observed({ gpus: 8, healthyGpus, product: H100, deviceFaults });
    expect(node.allocatable.gpus).toBe(want);
    expect(codes(node).filter((c) => c === 'GpuXid')).toHaveLength(deviceFaults.length);
  });
});

describe('MIG', () => {
  const mig = (counts: Record<string, string>, options: NodeFactsOptions = {}): NodeSnapshot => {
    const plain = aNodeFacts('n', { gpus: 4, product: H100 });
    const list = { ...plain.capacity, ...counts };
    return observed({ gpus: 4, product: H100, capacity: list, allocatable: list, ...options });
  };

  it('strategy single: what stands as nvidia.com/gpu is a slice, under its own name', () => {
    const node = observed({ gpus: 7, product: `${H100}-MIG-1g.10gb`, memoryMib: 9984 });
    expect(node.gpu).toEqual({
      resourceName: 'nvidia.com/gpu',
      model: { vendor: 'nvidia', model: 'h100-mig-1g10gb', ram: '10Gi', interface: 'sxm' },
    });
    expect([node.allocatable.gpus, codes(node)]).toEqual([7n, []]);
  });

  it('strategy mixed: whole GPUs and each profile side by side', () => {
    const node = mig({ 'nvidia.com/mig-1g.10gb': '14', 'nvidia.com/mig-3g.40gb': '2' });
    expect(node.gpu?.model.model).toBe('h100');
    expect(node.allocatable).toMatchObject({
      gpus: 4n,
      slices: { 'nvidia.com/mig-1g.10gb': 14n, 'nvidia.com/mig-3g.40gb': 2n },
    });
    expect(node.slices.map((s) => [s.resourceName, s.model.model, s.model.ram])).toEqual([
      ['nvidia.com/mig-1g.10gb', 'h100-mig-1g10gb', '10Gi'],
      ['nvidia.com/mig-3g.40gb', 'h100-mig-3g40gb', '40Gi'],
    ]);
  });

  it('every GPU cut: no whole one is missed', () => {
    const node = mig({ 'nvidia.com/gpu': '0', 'nvidia.com/mig-1g.10gb': '56' });
    expect([node.gpu, node.slices.length, codes(node)]).toEqual([undefined, 1, []]);
  });

  it('shared slices are sold as nothing', () => {
    const labels = { 'nvidia.com/gpu.replicas': '2' };
    const node = mig({ 'nvidia.com/gpu': '0', 'nvidia.com/mig-1g.10gb': '28' }, { labels });
    expect([node.slices, codes(node)]).toEqual([[], ['GpuShared']]);
  });
});

describe('DRA', () => {
  const device = (n: number, extra: Partial<DraDeviceFacts> = {}): DraDeviceFacts => ({
    name: `gpu-${n}`,
    type: 'gpu',
    uuid: `GPU-${n}`,
    productName: 'NVIDIA H100 80GB HBM3',
    memory: '81559Mi',
    driverVersion: '580.65.6',
    cudaDriverVersion: '13.0.0',
    taints: [],
    ...extra,
  });
  const published = (extra: Partial<NodeDra> = {}, count = 8): NodeDra => ({
    gpus: Array.from({ length: count }, (_, n) => device(n)),
    claimed: 0,
    incompletePools: [],
    mapped: true,
    ...extra,
  });

  it('counts the driver’s GPUs where no device plugin reports any', () => {
    const node = observed({}, published());
    expect(node.gpu?.model).toMatchObject({ model: 'h100', ram: '80Gi', interface: 'sxm' });
    expect([node.gpuCapacity, node.allocatable.gpus, codes(node)]).toEqual([8n, 8n, []]);
    expect(node.software).toEqual({ driver: '580.65.6', cuda: '13.0.0' });
  });

  it('never adds both up: the device plugin’s count is used, and it is told', () => {
    const node = observed({ gpus: 8, product: H100 }, published());
    expect([node.gpuCapacity, node.allocatable.gpus]).toEqual([8n, 8n]);
    expect(codes(node)).toEqual(['GpuReportedTwice']);
  });

  it.each<[string, readonly DraDeviceFacts['taints'][number][], bigint, readonly string[]]>([
    [
      'a fatal Xid',
      [{ key: 'gpu.nvidia.com/xid', value: '79', effect: 'NoSchedule' }],
      7n,
      ['GpuTainted'],
    ],
    [
      'an Xid that only informs',
      [{ key: 'gpu.nvidia.com/xid', value: '13', effect: 'None' }],
      8n,
      [],
    ],
  ])('a device taint: %s', (_name, taints, want, reasons) => {
    const gpus = [device(0, { taints }), ...published({}, 8).gpus.slice(1)];
    const node = observed({}, published({ gpus }));
    expect([node.allocatable.gpus, codes(node)]).toEqual([want, reasons]);
  });

  it('claims take GPUs beside the pods that ask for nvidia.com/gpu', () => {
    expect(observed({}, published({ claimed: 3 })).allocated.gpus).toBe(3n);
  });

  it.each<[string, NodeDra, string]>([
    ['no DeviceClass stands for them', published({ mapped: false }), 'GpuNotMapped'],
    ['a pool half published', published({ gpus: [], incompletePools: ['n'] }), 'GpuPoolIncomplete'],
    [
      'two models',
      published({ gpus: [device(0), device(1, { productName: 'NVIDIA L40S' })] }),
      'GpuMixed',
    ],
    ['no name', published({ gpus: [device(0, { productName: undefined })] }), 'GpuModelUnknown'],
  ])('sells none: %s', (_name, dra, want) => {
    const node = observed({}, dra);
    expect([node.gpu, codes(node)]).toEqual([undefined, [want]]);
  });
});
