import { describe, expect, it } from '@jest/globals';
import { buildSnapshot } from '../../bidengine/inventory.js';
import { aCluster, aNodeFacts, aPod } from '../../bidengine/testing/facts-builder.js';
import { anomaliesByReason, unsellableByReason } from './unsellable.js';

const gpus = { gpus: 8, product: 'NVIDIA-H100-80GB-HBM3' };

describe('unsellableByReason', () => {
  it('counts nodes and GPUs by reason; what is for sale is in no row', () => {
    const nodes = [
      aNodeFacts('well', gpus),
      aNodeFacts('cordoned', { ...gpus, unschedulable: true }),
      aNodeFacts('dark', { ...gpus, unschedulable: true, ready: false }),
      aNodeFacts('ill', { ...gpus, healthyGpus: 6 }),
      aNodeFacts('shared', { ...gpus, labels: { 'nvidia.com/gpu.sharing-strategy': 'mps' } }),
    ];
    expect(unsellableByReason(buildSnapshot(aCluster({ nodes }), [], 0))).toEqual([
      { code: 'GpuShared', nodes: 0, gpus: 8 },
      { code: 'GpuUnhealthy', nodes: 0, gpus: 2 },
      { code: 'NodeCordoned', nodes: 2, gpus: 16 },
      { code: 'NodeNotReady', nodes: 1, gpus: 8 },
    ]);
  });

  it('counts what did not add up', () => {
    const pods = ['a', 'b'].map((name) => aPod(name, { cpu: '1' }, { name }));
    const snapshot = buildSnapshot(aCluster({ nodes: [], pods }), [], 0);
    expect([...anomaliesByReason(snapshot)]).toEqual([['PodNodeMissing', 2]]);
  });
});
