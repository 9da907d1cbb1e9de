import { describe, expect, it } from '@jest/globals';
import type { InventorySnapshot, NodeSnapshot } from '../../bidengine/snapshot.js';
import type { Provider } from '../../market/records.js';
import { gpuCapabilities } from '../../bidengine/gpu-capabilities.js';
import { desiredProvider, signaturesLost } from './capabilities.js';

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
  it('says what is configured and what the cluster has, sorted by key; the configuration wins', () => {
    const want = desiredProvider(
      provider([
        { key: 'region', value: 'new' },
        { key: 'capabilities/gpu/vendor/nvidia/model/t4', value: 'false' },
      ]),
      gpuCapabilities(snapshot(node('t4'), node('a100'))),
    );
    expect(want.attributes).toEqual([
      { key: 'capabilities/gpu/vendor/nvidia/model/a100', value: 'true' },
      { key: 'capabilities/gpu/vendor/nvidia/model/t4', value: 'false' },
      { key: 'region', value: 'new' },
    ]);
  });
});

describe('MIG slices', () => {
  it('are capabilities of their own, beside the GPU they are cut from', () => {
    const slices = [
      {
        resourceName: 'nvidia.com/mig-1g.10gb',
        model: { vendor: 'nvidia', model: 'h100-mig-1g10gb', ram: '10Gi', interface: undefined },
      },
    ];
    const keys = gpuCapabilities(snapshot({ ...node('h100'), slices })).map((a) => a.key);
    expect(keys).toEqual([
      'capabilities/gpu/vendor/nvidia/model/h100',
      'capabilities/gpu/vendor/nvidia/model/h100-mig-1g10gb',
      'capabilities/gpu/vendor/nvidia/model/h100-mig-1g10gb/ram/10Gi',
    ]);
  });
});

describe('signaturesLost', () => {
  const region = { key: 'region', value: 'us-west' };
  const tier = { key: 'tier', value: 'community' };
  const audited = [{ auditor: 'akash1auditor', attributes: [region, tier] }];
  it.each([
    ['nothing changes', [region, tier], [region, tier], []],
    ['something unsigned changes', [region, tier], [region, tier, { key: 'x', value: 'y' }], []],
    ['a signed value changes', [region, tier], [{ ...region, value: 'eu' }, tier], ['region']],
    ['a signed attribute goes', [region, tier], [tier], ['region']],
    ['what was signed is not said any more already', [tier], [tier], []],
  ])('%s', (_name, have, want, lost) => {
    const found = signaturesLost(provider(want), provider(have), audited);
    expect(found.map((l) => [l.auditor, l.attribute.key])).toEqual(
      lost.map((key) => ['akash1auditor', key]),
    );
  });
});
