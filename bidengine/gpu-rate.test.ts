import { describe, expect, it } from '@jest/globals';
import type { GpuModel } from '../market/gpu.js';
import { gpuRate } from './gpu-rate.js';
import type { GpuRate } from './pricing-policy.js';
import { aPolicy, dec } from './testing/input-builder.js';
import { H100, RTX4090 } from './testing/node-builder.js';

const rate = (usd: string, parts: Partial<GpuRate>): GpuRate => ({
  vendor: 'nvidia',
  model: '*',
  usdPerHour: dec(usd),
  ...parts,
});

/** From the most exact to the most general. */
const LADDER: readonly GpuRate[] = [
  rate('7', { model: 'h100', ram: '80Gi', interface: 'sxm' }),
  rate('6', { model: 'h100', ram: '80Gi' }),
  rate('5', { model: 'h100', interface: 'sxm' }),
  rate('4', { model: 'h100' }),
  rate('3', { ram: '80Gi' }),
  rate('2', {}),
  rate('1', { vendor: '*' }),
];

describe('gpuRate', () => {
  const usd = (gpus: readonly GpuRate[], gpu: GpuModel): string | undefined =>
    gpuRate(aPolicy({ gpus }), gpu)?.toFixed();

  it.each(LADDER.map((entry, i) => [entry.usdPerHour.toFixed(), i] as const))(
    'falls back to %s when nothing more exact is listed, in whatever order entries come',
    (want, i) => {
      expect(usd(LADDER.slice(i), H100)).toBe(want);
      expect(usd(LADDER.slice(i).toReversed(), H100)).toBe(want);
    },
  );

  it('has no rate where no entry holds: fail closed', () => {
    expect(usd([], H100)).toBeUndefined();
    expect(usd(LADDER.slice(0, 4), RTX4090)).toBeUndefined();
    expect(
      usd(LADDER, { vendor: 'amd', model: 'mi300x', ram: undefined, interface: undefined }),
    ).toBe('1');
  });

  it('does not take an entry with memory for a GPU of unknown memory', () => {
    expect(usd(LADDER, { ...H100, ram: undefined })).toBe('5');
  });

  it('takes the first of equal entries, and answers the same twice', () => {
    const policy = aPolicy({ gpus: [rate('8', { model: 'h100' }), rate('9', { model: 'h100' })] });
    expect(gpuRate(policy, H100)?.toFixed()).toBe('8');
    expect(gpuRate(policy, H100)).toBe(gpuRate(policy, { ...H100 }));
  });
});
