import { describe, expect, it } from '@jest/globals';
import { buildSnapshot } from '../../bidengine/inventory.js';
import { aNodeFacts } from '../../bidengine/testing/facts-builder.js';
import { gpuInventory } from './gpu-totals.js';

const H100 = 'NVIDIA-H100-80GB-HBM3';

describe('GPUs by state', () => {
  it.each([
    ['all well', {}, { allocatable: 8, available: 8, unsellable: 0 }],
    [
      'two ill: the healthy six are for sale',
      { healthyGpus: 6 },
      { allocatable: 6, available: 6, unsellable: 0 },
    ],
    [
      'on a cordoned node',
      { unschedulable: true },
      { allocatable: 8, available: 0, unsellable: 8 },
    ],
  ])('%s', (_name, options, want) => {
    const snapshot = buildSnapshot(
      {
        nodes: [aNodeFacts('n', { gpus: 8, product: H100, ...options })],
        pods: [],
        storageClasses: [],
        volumes: [],
        leasedIps: { available: 0, assigned: [] },
      },
      [],
      0,
    );
    expect(gpuInventory(snapshot, [])).toEqual([expect.objectContaining(want)]);
  });
});
