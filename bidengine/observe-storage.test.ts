import { describe, expect, it } from '@jest/globals';
import type { StorageClassFacts } from './cluster-facts.js';
import { buildSnapshot } from './inventory.js';
import { OBSERVE_DEFAULTS } from './observe-node.js';
import { aCluster, aNodeFacts } from './testing/facts-builder.js';

const observed = (facts: Partial<StorageClassFacts>, sellUnknownStorage = false) => {
  const storageClasses = [{ name: 'beta3', availableBytes: undefined, everywhere: true, ...facts }];
  const options = { ...OBSERVE_DEFAULTS, sellUnknownStorage };
  const { storage, anomalies } = buildSnapshot(
    aCluster({ nodes: [aNodeFacts('a')], storageClasses }),
    [],
    0,
    options,
  );
  return [
    storage[0]?.availableBytes,
    (storage[0]?.unsellable ?? []).map((r) => r.code),
    anomalies.map((r) => r.code),
  ];
};
const stated = (capacityBytes: bigint, claimedBytes: bigint) => ({
  stated: { capacityBytes, claimedBytes },
});
const told = { segments: [{ nodes: {}, capacity: '7' }] };
const local = {
  segments: [{ nodes: { matchLabels: { 'kubernetes.io/hostname': 'a' } }, capacity: '7' }],
};

describe('a storage class', () => {
  it.each<[string, Partial<StorageClassFacts>, unknown]>([
    ['of which nobody tells is not sold', {}, [undefined, ['StorageCapacityUnknown'], []]],
    ['has what the operator states, less what is claimed', stated(10n, 4n), [6n, [], []]],
    [
      'claimed beyond its size has nothing, and alarms',
      stated(10n, 11n),
      [0n, [], ['StorageOverAllocated']],
    ],
    ['has what its driver tells', told, [7n, [], []]],
    ['the driver is believed before the operator', { ...told, ...stated(10n, 11n) }, [7n, [], []]],
    [
      'part of which nobody tells is not sold',
      { segments: [...told.segments, { nodes: {} }] },
      [undefined, ['StorageCapacityUnknown'], []],
    ],
    [
      'that binds volumes at once is not sold where they differ by node',
      { ...local, immediate: true },
      [7n, ['StorageBoundBlindly'], []],
    ],
    [
      'that binds volumes at once is sold where every node reaches them',
      { ...told, immediate: true },
      [7n, [], []],
    ],
  ])('%s', (_name, facts, want) => {
    expect(observed(facts)).toEqual(want);
  });

  it('of which nobody tells is sold when the operator wants that', () => {
    expect(observed({}, true)).toEqual([undefined, [], []]);
  });
});
