/** One ill GPU under a running lease, through a whole operator on a chain and an API server in memory. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { findCondition } from '../../crds/conditions.js';
import { GPU_READINGS } from '../../crds/constants.js';
import { COMPUTE_PROVIDERS, CONFIG_MAPS, EVENTS, PODS } from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import { formatBidId } from '../../market/ids.js';
import { aRunningLease, leaseObject } from '../testing/running-lease.js';
import { bidOf, openOrder } from '../testing/tenant.js';
import { aGpuNode, createWorld, NAMESPACE } from '../testing/world.js';
import type { World } from '../testing/world.js';

jest.setTimeout(30_000);
let world: World;
afterEach(async () => world.close());

const readings = async (xids: readonly number[], inUse: boolean): Promise<void> => {
  const reading = {
    ...{ uuid: 'GPU-3', index: 3, readAtMs: Date.now(), xids, reachable: true, inUse },
    ...{ uncorrectedErrors: 0, rowRemapFailed: false, rowRemapPending: false },
    hardwareSlowdown: false,
  };
  await world.kube.apply(CONFIG_MAPS, {
    ...{ apiVersion: 'v1', kind: 'ConfigMap' },
    metadata: {
      ...{ name: 'berth-gpu-h100-0', namespace: NAMESPACE },
      labels: { [GPU_READINGS.label]: 'true' },
    },
    data: { [GPU_READINGS.key]: JSON.stringify({ node: 'h100-0', readings: [reading] }) },
  });
};
const provider = () => world.kube.get(COMPUTE_PROVIDERS, { name: 'provider' });

describe('an ill GPU under a running lease', () => {
  it('is sold to nobody, the tenant is told, and the lease goes on', async () => {
    world = await createWorld({ nodes: [aGpuNode('h100-0', 16)] });
    world.start();
    const id = await aRunningLease(world);
    const namespace = leaseNamespace(id);
    await world.kube.create(PODS, {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'train-0', namespace } },
      spec: {
        nodeName: 'h100-0',
        containers: [{ name: 'c', resources: { requests: { 'nvidia.com/gpu': '8' } } }],
      },
    });
    await readings([79], true);
    const row = await world.until(
      'the device in the status',
      async () => (await provider())?.status?.devices?.[0],
    );
    expect(row).toMatchObject({
      node: 'h100-0',
      uuid: 'GPU-3',
      state: 'draining',
      reason: 'GpuXid',
    });

    const order = openOrder(world, 8n);
    await world.until(
      'the order is skipped: seven of eight are left',
      async () => ((await provider())?.status?.skippedByReason ?? {})['InsufficientGpus'] === 1,
    );
    expect(world.chain.market.bids.has(formatBidId(bidOf(order)))).toBe(false);

    const told = await world.until('the tenant is told', async () =>
      (await world.kube.list(EVENTS, { namespace })).items.find((e) => e.reason === 'GpuIll'),
    );
    expect([told.regarding.kind, told.regarding.name]).toEqual(['Pod', 'train-0']);
    expect(told.note).toContain('Xid 79');
    await world.until(
      'the condition',
      async () =>
        findCondition((await leaseObject(world, id))?.status?.conditions, 'GpusHealthy')?.reason ===
        'GpuIll',
    );
    expect(world.chain.market.leases.get(formatBidId(id))?.state).toBe('active');
  });
});
