import { describe, expect, it } from '@jest/globals';
import { formatGpu } from '../market/gpu.js';
import { gpuOfLabels, isShared, marketedRam } from './gpu-labels.js';

const gfd = (product: string, memoryMib?: number): Record<string, string> => ({
  'nvidia.com/gpu.product': product,
  ...(memoryMib === undefined ? {} : { 'nvidia.com/gpu.memory': String(memoryMib) }),
});

const akash = (...parts: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    parts.map((p) => [`akash.network/capabilities.gpu.vendor.nvidia.model.${p}`, '8']),
  );

const nameOf = (labels: Record<string, string>): string => {
  const found = gpuOfLabels(labels);
  return found.kind === 'model' ? formatGpu(found.model).replace('vendor/nvidia/model/', '') : '';
};

describe('gpuOfLabels', () => {
  // Products as GPU-feature-discovery prints them, memory as the driver reports it.
  it.each([
    ['NVIDIA-H100-80GB-HBM3', 81559, 'h100/ram/80Gi/interface/sxm'],
    ['NVIDIA-H100-PCIe', 81559, 'h100/ram/80Gi/interface/pcie'],
    ['NVIDIA-H100-NVL', 95830, 'h100/ram/94Gi/interface/pcie'],
    ['NVIDIA-H200', 143771, 'h200/ram/141Gi/interface/sxm'],
    ['NVIDIA-H200-NVL', 143771, 'h200/ram/141Gi/interface/pcie'],
    ['NVIDIA-B200', 183359, 'b200/ram/180Gi/interface/sxm'],
    ['NVIDIA-B300-SXM6-AC', 275040, 'b300/ram/288Gi/interface/sxm'],
    ['NVIDIA-A100-SXM4-80GB', 81920, 'a100/ram/80Gi/interface/sxm'],
    ['NVIDIA-A100-SXM4-40GB', 40960, 'a100/ram/40Gi/interface/sxm'],
    ['NVIDIA-A100-PCIE-40GB', 40536, 'a100/ram/40Gi/interface/pcie'],
    ['NVIDIA-A100-80GB-PCIe', 81920, 'a100/ram/80Gi/interface/pcie'],
    ['NVIDIA-GeForce-RTX-4090', 24564, 'rtx4090/ram/24Gi/interface/pcie'],
    ['NVIDIA-GeForce-RTX-5090', 32607, 'rtx5090/ram/32Gi/interface/pcie'],
    ['NVIDIA-GeForce-RTX-3060-Ti', 8192, 'rtx3060ti/ram/8Gi/interface/pcie'],
    ['NVIDIA-GeForce-GTX-1080-Ti', 11264, 'gtx1080ti/ram/11Gi/interface/pcie'],
    ['NVIDIA-L40S', 46068, 'l40s/ram/48Gi/interface/pcie'],
    ['NVIDIA-L4', 23034, 'l4/ram/24Gi/interface/pcie'],
    ['NVIDIA-A10', 23028, 'a10/ram/24Gi/interface/pcie'],
    ['NVIDIA-A40', 46068, 'a40/ram/48Gi/interface/pcie'],
    ['NVIDIA-RTX-A6000', 49140, 'rtxa6000/ram/48Gi/interface/pcie'],
    ['NVIDIA-RTX-4000-SFF-Ada-Generation', 20475, 'rtx4000sffada/ram/20Gi/interface/pcie'],
    ['Quadro-RTX-8000', 49152, 'rtx8000/ram/48Gi/interface/pcie'],
    ['Quadro-P2000', 5059, 'p2000/ram/5Gi/interface/pcie'],
    ['Tesla-T4', 15360, 't4/ram/16Gi/interface/pcie'],
    ['Tesla-V100-SXM2-32GB', 32768, 'v100/ram/32Gi/interface/sxm'],
    ['Tesla-V100-FHHL-16GB', 16384, 'v100/ram/16Gi/interface/pcie'],
    ['NVIDIA-GH200-480GB', 97871, 'gh200/ram/96Gi'],
    ['NVIDIA-Z900-HBM9', 500000, 'z900/ram/489Gi'],
  ])('%s with %d MiB is %s', (product, memoryMib, want) => {
    expect(nameOf(gfd(product, memoryMib))).toBe(want);
  });

  it.each([
    [
      'takes memory from the name when no label reports it',
      gfd('NVIDIA-A100-SXM4-80GB'),
      'a100/ram/80Gi/interface/sxm',
    ],
    ["does not take a superchip's CPU memory for the GPU's", gfd('NVIDIA-GH200-480GB'), 'gh200'],
    ['leaves memory open when nothing tells', gfd('NVIDIA-H200'), 'h200/interface/sxm'],
    [
      'ignores a memory label that is no number',
      { ...gfd('Tesla-T4'), 'nvidia.com/gpu.memory': 'lots' },
      't4/interface/pcie',
    ],
  ])('%s', (_name, labels, want) => {
    expect(nameOf(labels)).toBe(want);
  });

  it('reads the four labels that the Akash provider writes for one model as one model', () => {
    const labels = akash(
      'a100',
      'a100.ram.80Gi',
      'a100.interface.sxm4',
      'a100.ram.80Gi.interface.sxm',
    );
    expect(nameOf(labels)).toBe('a100/ram/80Gi/interface/sxm');
  });

  it('takes the product label alone when both kinds are there', () => {
    const labels = { ...akash('a100'), ...gfd('NVIDIA-H100-PCIe', 81559) };
    expect(nameOf(labels)).toBe('h100/ram/80Gi/interface/pcie');
  });

  it('falls back to the Akash labels when the product names nothing', () => {
    expect(nameOf({ ...akash('a100'), ...gfd('NVIDIA') })).toBe('a100');
  });

  it('leaves out a part on which the Akash labels disagree', () => {
    expect(nameOf(akash('a100.ram.40Gi', 'a100.ram.80Gi.interface.sxm'))).toBe(
      'a100/interface/sxm',
    );
  });

  it('finds nothing in labels that say no, and several models where several are named', () => {
    const no = { 'akash.network/capabilities.gpu.vendor.nvidia.model.t4': 'false' };
    expect(gpuOfLabels(no)).toEqual({ kind: 'none' });
    expect(gpuOfLabels({})).toEqual({ kind: 'none' });
    expect(gpuOfLabels(akash('t4', 'a100'))).toEqual({ kind: 'mixed', models: ['a100', 't4'] });
  });
});

describe('marketedRam', () => {
  it.each([
    [81559, '80Gi'],
    [144384, '141Gi'],
    [1, '1Gi'],
    [400 * 1024, '400Gi'],
  ])('%d MiB is sold as %s', (mib, want) => {
    expect(marketedRam(mib)).toBe(want);
  });
});

describe('isShared', () => {
  it.each([
    ['plain', gfd('NVIDIA-L4', 23034), false],
    ['time-sliced by strategy', { 'nvidia.com/gpu.sharing-strategy': 'time-slicing' }, true],
    ['MPS by strategy', { 'nvidia.com/gpu.sharing-strategy': 'mps' }, true],
    ['several replicas', { 'nvidia.com/gpu.replicas': '2' }, true],
    [
      'one replica',
      { 'nvidia.com/gpu.replicas': '1', 'nvidia.com/gpu.sharing-strategy': 'none' },
      false,
    ],
    ['a SHARED product', gfd('NVIDIA-L4-SHARED'), true],
    ['MIG slices', gfd('NVIDIA-A100-SXM4-40GB-MIG-1g.5gb'), false],
    ['shared MIG slices', gfd('NVIDIA-A100-SXM4-40GB-MIG-1g.5gb-SHARED'), true],
  ])('%s', (_name, labels, want) => {
    expect(isShared(labels)).toBe(want);
  });
});

describe('MIG slices', () => {
  it.each([
    ['NVIDIA-A100-SXM4-40GB-MIG-1g.5gb', 4864, 'a100-mig-1g5gb', '5Gi', 'sxm'],
    ['NVIDIA-H100-80GB-HBM3-MIG-3g.40gb', 40192, 'h100-mig-3g40gb', '40Gi', 'sxm'],
    ['NVIDIA-H100-80GB-HBM3-MIG-1g.10gb.me', 9856, 'h100-mig-1g10gbme', '10Gi', 'sxm'],
    ['NVIDIA-Odd-MIG-weird', 9856, 'odd-mig-weird', undefined, undefined],
  ])('%s is a model of its own, with the memory of the slice', (product, mib, name, ram, iface) => {
    expect(gpuOfLabels(gfd(product, mib))).toEqual({
      kind: 'model',
      model: { vendor: 'nvidia', model: name, ram, interface: iface },
    });
  });

  it('labels of our own that name a GPU and the slices cut from it are one model', () => {
    expect(gpuOfLabels(akash('h100', 'h100-mig-1g10gb'))).toMatchObject({
      model: { model: 'h100' },
    });
  });
});
