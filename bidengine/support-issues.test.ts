/**
 * Reports of operators about the Akash provider's inventory, each as a test of ours. The numbers are those of
 * github.com/akash-network/support/issues.
 */
import { describe, expect, it } from '@jest/globals';
import { buildSnapshot } from './inventory.js';
import { place } from './placement.js';
import { NOTHING } from './quantities.js';
import { keepWholeNodesWhole } from './scorer.js';
import type { InventorySnapshot, Reservation } from './snapshot.js';
import { aCluster, aNodeFacts, aPod } from './testing/facts-builder.js';
import type { NodeFactsOptions } from './testing/facts-builder.js';
import { dec } from './testing/input-builder.js';
import { anOrder } from './testing/order-builder.js';

const H100 = 'NVIDIA-H100-80GB-HBM3';
const gpuNode = (options: NodeFactsOptions = {}) =>
  aNodeFacts('n', { gpus: 8, product: H100, ...options });
const fits = (snapshot: InventorySnapshot, model: string, gpus = 8) =>
  place(anOrder().withGpu('nvidia', model, gpus).obj().spec, snapshot, {
    worth: () => dec('1'),
    scorer: keepWholeNodesWhole,
  });
const lease = (gpus: bigint): Reservation => ({
  key: 'akash1tenant/5/1/1',
  owner: 'akash1tenant',
  perNode: [{ node: 'n', quantities: { ...NOTHING, gpus, pods: 1n } }],
  storage: [],
  leasedIps: 0,
  reason: 'lease active',
});
const GPU_POD = { 'nvidia.com/gpu': '8' };

describe('akash-network/support', () => {
  it('#207: no GPUs after installing until a restart; here they are there as soon as the device plugin reports them', () => {
    const labels = { 'nvidia.com/gpu.present': 'true' };
    const before = buildSnapshot(aCluster({ nodes: [aNodeFacts('n', { labels })] }), [], 0);
    expect(before.nodes[0]?.gpuUnsellable.map((r) => r.code)).toEqual(['GpuNotReported']);
    expect(fits(before, 'h100').ok).toBe(false);
    expect(fits(buildSnapshot(aCluster({ nodes: [gpuNode()] }), [], 1), 'h100').ok).toBe(true);
  });

  it('#249: a device that falls ill, or comes back after a reboot, is noticed by the next count', () => {
    const counts = [8, 7, 0, 8].map((healthyGpus) => {
      const node = buildSnapshot(aCluster({ nodes: [gpuNode({ healthyGpus })] }), [], 0).nodes[0];
      return [node?.allocatable.gpus, node?.gpuUnsellable.map((r) => r.code)];
    });
    expect(counts).toEqual([
      [8n, []],
      [7n, ['GpuUnhealthy']],
      [0n, ['GpuUnhealthy']],
      [8n, []],
    ]);
  });

  it('#244: an ill GPU under a running lease gives zero free and an alarm, not 18446744073709551615', () => {
    const cluster = aCluster({ nodes: [gpuNode({ healthyGpus: 7 })], pods: [aPod('n', GPU_POD)] });
    const snapshot = buildSnapshot(cluster, [], 0);
    const refused = fits(snapshot, 'h100', 1);
    expect(!refused.ok && refused.reasons[0]?.message).toContain('the most free on one node is 0');
    expect(snapshot.anomalies.map((r) => [r.code, r.message])).toEqual([
      ['NodeOverAllocated', 'gpus 8 of 7 taken'],
    ]);
  });

  it.each([
    ['GIGABYTE-NVIDIA-GeForce-RTX-4090', 'gigabytertx4090'],
    ['NVIDIA-GeForce-RTX-4090', 'rtx4090'],
    ['NVIDIA-GB10', 'gb10'],
    ['NVIDIA-RTX-PRO-9000-Rubin-Max-Q-Edition', 'rtxpro9000rubinmaxq'],
  ])('#298: %s is sold, whoever made the board and whatever its PCI ids', (product, name) => {
    const snapshot = buildSnapshot(aCluster({ nodes: [gpuNode({ product })] }), [], 0);
    const model = snapshot.nodes[0]?.gpu?.model.model ?? '';
    expect(model).toBe(name);
    expect(fits(snapshot, model).ok).toBe(true);
  });

  it('#310: A100s count by what the device plugin and the labels say, which asks no nvidia_drm module', () => {
    const nodes = [gpuNode({ product: 'NVIDIA-A100-SXM4-80GB', memoryMib: 81920 })];
    expect(fits(buildSnapshot(aCluster({ nodes }), [], 0), 'a100/ram/80Gi').ok).toBe(true);
  });

  it('#253: a tainted node is no capacity, and the bid that could not be scheduled is not made', () => {
    const taints = [{ key: 'dedicated', value: 'team-a', effect: 'NoSchedule' }];
    const snapshot = buildSnapshot(aCluster({ nodes: [gpuNode({ taints })] }), [], 0);
    expect(snapshot.nodes[0]?.unsellable.map((r) => r.code)).toEqual(['NodeTainted']);
    const refused = fits(snapshot, 'h100');
    expect(!refused.ok && refused.reasons.map((r) => r.code)).toEqual(['GpuModelUnavailable']);
  });

  it('#430: what a cleaned-up lease held is free with the next count; nothing stays subtracted', () => {
    const nodes = [gpuNode()];
    const pods = [aPod('n', GPU_POD, { leasePath: 'akash1tenant/5/1/1/akash1provider' })];
    const gone = { ...aPod('n', GPU_POD), phase: 'Failed' };
    expect(fits(buildSnapshot(aCluster({ nodes, pods }), [lease(8n)], 0), 'h100', 1).ok).toBe(
      false,
    );
    expect(fits(buildSnapshot(aCluster({ nodes, pods: [gone] }), [], 1), 'h100', 8).ok).toBe(true);
  });

  it('#137: more reserved than there is counts as nothing free, in every part, with an alarm for each', () => {
    const held: Reservation = {
      ...lease(9n),
      perNode: [
        {
          node: 'n',
          quantities: { ...NOTHING, gpus: 9n, milliCpu: 10n ** 9n, memoryBytes: 2n ** 60n },
        },
      ],
      storage: [{ className: 'beta3', bytes: 5n }],
      leasedIps: 2,
    };
    const storageClasses = [{ name: 'beta3', availableBytes: 1n, everywhere: true }];
    const leasedIps = { available: 1, assigned: [] };
    const cluster = aCluster({ nodes: [gpuNode()], storageClasses, leasedIps });
    const snapshot = buildSnapshot(cluster, [held], 0);
    expect(snapshot.anomalies.map((r) => r.code)).toEqual([
      'NodeOverAllocated',
      'LeasedIpsOverAllocated',
      'StorageOverAllocated',
    ]);
    expect([snapshot.leasedIpsAvailable, snapshot.storage[0]?.availableBytes]).toEqual([0, 0n]);
    expect(fits(snapshot, 'h100', 1).ok).toBe(false);
  });
});
