import { describe, expect, it } from '@jest/globals';
import type { InventorySnapshot, NodeSnapshot } from '../../bidengine/snapshot.js';
import type { Provider } from '../../market/records.js';
import { gpuCapabilities } from '../../bidengine/gpu-capabilities.js';
import { desiredProvider, providerDiffers } from './capabilities.js';

const none = { milliCpu: 0n, memoryBytes: 0n, ephemeralBytes: 0n, gpus: 0n, pods: 0n };
const node = (model: string, ram?: string, iface?: string): NodeSnapshot => ({
  name: model,
  labels: {},
  unsellable: [],
  gpuUnsellable: [],
  allocatable: none,
  allocated: none,
  gpuCapacity: 0n,
  slices: [],
  software: {},
  storageClasses: [],
  gpu: {
    resourceName: 'nvidia.com/gpu',
    model: { vendor: 'nvidia', model, ram, interface: iface },
  },
});
const snapshot = (...nodes: NodeSnapshot[]): InventorySnapshot => ({
  nodes,
  storage: [],
  leasedIpsAvailable: 0,
  takenAtMs: 0,
  anomalies: [],
});
const provider = (attributes: Provider['attributes']): Provider => ({
  owner: 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63',
  hostUri: 'https://provider.example:8443',
  attributes,
  info: { email: '', website: '' },
});

describe('desiredProvider', () => {
  it('keeps capabilities on chain, drops other stale attributes, and lets the configuration win', () => {
    const onChain = provider([
      { key: 'capabilities/gpu/vendor/nvidia/model/a100', value: 'true' },
      { key: 'region', value: 'old' },
      { key: 'tier', value: 'gone' },
    ]);
    const want = desiredProvider(
      provider([{ key: 'region', value: 'new' }]),
      gpuCapabilities(snapshot(node('t4'))),
      onChain,
    );
    expect(want.attributes).toEqual([
      { key: 'capabilities/gpu/vendor/nvidia/model/a100', value: 'true' },
      { key: 'capabilities/gpu/vendor/nvidia/model/t4', value: 'true' },
      { key: 'region', value: 'new' },
    ]);
    expect(providerDiffers(want, onChain)).toBe(true);
    expect(providerDiffers(want, { ...want, attributes: [...want.attributes].reverse() })).toBe(
      false,
    );
  });
});
