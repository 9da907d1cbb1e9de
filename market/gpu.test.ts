import { describe, expect, it } from '@jest/globals';
import {
  formatGpu,
  GpuAttributeError,
  gpuSatisfies,
  gpuSatisfiesAny,
  parseGpuAttribute,
  parseGpuRequirements,
} from './gpu.js';

const h100 = { vendor: 'nvidia', model: 'h100', ram: '80Gi', interface: 'sxm' };

describe('gpu', () => {
  it.each([
    'vendor/nvidia/model/*',
    'vendor/nvidia/model/h100',
    'vendor/nvidia/model/h100/ram/80Gi',
    'vendor/nvidia/model/h100/interface/sxm',
    'vendor/nvidia/model/h100/ram/80Gi/interface/sxm',
  ])('%s survives parse and format, and an H100 SXM 80Gi meets it', (key) => {
    const want = parseGpuAttribute(key);
    expect(formatGpu(want)).toBe(key);
    expect(gpuSatisfies(h100, want)).toBe(true);
  });

  it.each([
    ['another model', 'vendor/nvidia/model/a100'],
    ['more memory', 'vendor/nvidia/model/h100/ram/94Gi'],
    ['another interface', 'vendor/nvidia/model/h100/interface/pcie'],
    ['another vendor', 'vendor/amd/model/*'],
  ])('an H100 does not meet %s', (_name, key) => {
    expect(gpuSatisfies(h100, parseGpuAttribute(key))).toBe(false);
  });

  it('an unknown interface never meets a demand for one', () => {
    const unknown = { ...h100, interface: undefined };
    expect(gpuSatisfies(unknown, parseGpuAttribute('vendor/nvidia/model/h100/interface/sxm'))).toBe(
      false,
    );
    expect(gpuSatisfies(unknown, parseGpuAttribute('vendor/nvidia/model/h100'))).toBe(true);
  });

  it('no attributes accept any NVIDIA GPU; several accept each', () => {
    expect(gpuSatisfiesAny(h100, parseGpuRequirements([]))).toBe(true);
    const either = parseGpuRequirements([
      { key: 'vendor/nvidia/model/a100', value: 'true' },
      { key: 'vendor/nvidia/model/h100', value: 'true' },
    ]);
    expect(gpuSatisfiesAny(h100, either)).toBe(true);
  });

  it.each(['model/h100', 'vendor/nvidia', 'vendor/nvidia/model/h100/interface/sxm/ram/80Gi', ''])(
    'refuses %p and names the key',
    (key) => {
      expect(() => parseGpuAttribute(key)).toThrow(GpuAttributeError);
    },
  );
});
