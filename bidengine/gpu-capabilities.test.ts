import { describe, expect, it } from '@jest/globals';
import { gpuCapabilities } from './gpu-capabilities.js';
import { aNode, aSnapshot, H100 } from './testing/node-builder.js';

const GB10 = { vendor: 'nvidia', model: 'gb10', ram: undefined, interface: undefined };

describe('gpuCapabilities', () => {
  it('spells each model in every way an order may ask for it, once', () => {
    const nodes = [
      aNode('a').withGpus(H100, 8).obj(),
      aNode('b').withGpus(H100, 8).obj(),
      aNode('c').withGpus(GB10, 1).obj(),
    ];
    expect(gpuCapabilities(aSnapshot(nodes)).map((a) => a.key)).toEqual([
      'capabilities/gpu/vendor/nvidia/model/gb10',
      'capabilities/gpu/vendor/nvidia/model/h100',
      'capabilities/gpu/vendor/nvidia/model/h100/interface/sxm',
      'capabilities/gpu/vendor/nvidia/model/h100/ram/80Gi',
      'capabilities/gpu/vendor/nvidia/model/h100/ram/80Gi/interface/sxm',
    ]);
  });
});
