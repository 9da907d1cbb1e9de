import { describe, expect, it } from '@jest/globals';
import { API_VERSION } from '../../crds/constants.js';
import type { ComputeProvider, ComputeProviderStatus } from '../../crds/generated/types.js';
import { COMPUTE_PROVIDERS } from '../../kube/resources.js';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import { createOutput } from '../terminal.js';
import { inventory } from './inventory.js';
import type { ClusterContext } from './inventory.js';

const STATUS: ComputeProviderStatus = {
  updatedAt: '2026-01-01T00:00:00Z',
  conditions: [
    {
      ...{ type: 'InventoryConsistent', status: 'False', reason: 'NodeOverAllocated' },
      ...{ message: 'node/b: gpus 8 of 7 taken', observedGeneration: 1 },
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
  inventory: [
    {
      ...{ vendor: 'nvidia', model: 'h100', ram: '80Gi', interface: 'sxm' },
      ...{ allocatable: 15, leased: 8, reserved: 0, available: 7, unsellable: 0 },
    },
  ],
  unsellable: [{ code: 'GpuUnhealthy', nodes: 0, gpus: 1 }],
  nodes: [
    { name: 'a', sellable: true, gpus: 8, gpusPresent: 8, model: 'h100', driver: '580.65.06' },
    {
      ...{ name: 'b', sellable: true, gpus: 7, gpusPresent: 8, model: 'h100' },
      slices: { 'nvidia.com/mig-1g.10gb': 7 },
      reasons: [{ code: 'GpuUnhealthy', message: '1 of 8 GPUs are not usable (allocatable 7)' }],
    },
  ],
  storage: [
    { name: 'beta3', availableBytes: '1024' },
    {
      name: 'beta1',
      reasons: [{ code: 'StorageCapacityUnknown', message: 'nobody tells' }],
    },
  ],
  leasedIpsAvailable: 3,
};

const setup = async (status: ComputeProviderStatus | undefined, ...names: readonly string[]) => {
  const kube = new FakeKube();
  for (const name of names) {
    const provider = { apiVersion: API_VERSION, kind: 'ComputeProvider', metadata: { name } };
    await kube.create(COMPUTE_PROVIDERS, { ...provider, spec: {} } as unknown as ComputeProvider);
    if (status !== undefined) await kube.applyStatus(COMPUTE_PROVIDERS, { ...provider, status });
  }
  let stdout = '';
  const sink = { write: (text: string) => (stdout += text).length > 0 };
  const run = async (mode: 'text' | 'json', provider?: string, withheldOnly = false) => {
    const output = createOutput(sink, mode);
    await inventory({ cluster: kube, output } as unknown as ClusterContext, {
      provider,
      withheldOnly,
    });
    return stdout;
  };
  return run;
};

describe('berth inventory', () => {
  it('tells what is for sale, and every reason why the rest is not', async () => {
    const text = await (await setup(STATUS, 'provider'))('text');
    for (const line of [
      /^InventoryConsistent is False: NodeOverAllocated: node\/b: gpus 8 of 7 taken$/m,
      /^h100 +80Gi +sxm +15 +8 +0 +7 +0$/m,
      /^GpuUnhealthy +0 +1$/m,
      /^a +for sale +8\/8 +h100 +580.65.06 +-$/m,
      /^b +in part +7\/8 \+ 7 nvidia.com\/mig-1g.10gb .*GpuUnhealthy: 1 of 8 GPUs are not usable/m,
      /^Storage class beta3: 1024 bytes free$/m,
      /^Storage class beta1: free space unknown/m,
      /^Addresses to lease: 3$/m,
    ])
      expect(text).toMatch(line);
  });

  it('shows only what is withheld, as JSON too', async () => {
    const text = await (await setup(STATUS, 'provider'))('json', 'provider', true);
    const { nodes, unsellable } = JSON.parse(text) as Required<ComputeProviderStatus>;
    expect(nodes.map((n) => n.name)).toEqual(['b']);
    expect(unsellable).toEqual(STATUS.unsellable);
  });

  it.each<
    [string, ComputeProviderStatus | undefined, readonly string[], string | undefined, string]
  >([
    ['no provider', STATUS, [], undefined, 'ProviderMissing'],
    ['several providers', STATUS, ['a', 'b'], undefined, 'ProviderMissing'],
    ['another name', STATUS, ['a'], 'b', 'ProviderMissing'],
    ['no status yet', undefined, ['a'], undefined, 'StatusMissing'],
  ])('refuses: %s', async (_name, status, names, asked, code) => {
    const run = await setup(status, ...names);
    await expect(run('text', asked)).rejects.toMatchObject({ code });
  });
});
