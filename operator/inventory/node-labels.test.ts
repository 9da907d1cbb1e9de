import { describe, expect, it } from '@jest/globals';
import { buildSnapshot } from '../../bidengine/inventory.js';
import { toNodeFacts } from '../../bidengine/kube-facts.js';
import { OBSERVE_DEFAULTS } from '../../bidengine/observe-node.js';
import type { Node } from '../../kube/core-objects.js';
import { NODES } from '../../kube/resources.js';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import { aGpuNode } from '../testing/world.js';
import { applyNodeLabels, planNodeLabels } from './node-labels.js';

const H100 = 'akash.network/capabilities.gpu.vendor.nvidia.model.h100';

const planFor = (...nodes: readonly Node[]) => planWith({}, ...nodes);

const planWith = (requiredLabels: Record<string, string>, ...nodes: readonly Node[]) => {
  const watched = nodes.map((node) => ({
    ...{ facts: toNodeFacts(node), simulated: true, uid: node.metadata.uid ?? 'none' },
  }));
  const snapshot = buildSnapshot(
    {
      ...{ nodes: watched.map((n) => n.facts), pods: [], storageClasses: [], volumes: [] },
      leasedIps: { available: 0, assigned: [] },
    },
    [],
    0,
    { ...OBSERVE_DEFAULTS, requiredLabels },
  );
  return planNodeLabels(snapshot, watched);
};

const withSpec = (spec: Node['spec']): Node => {
  const node = aGpuNode('a');
  return spec === undefined ? node : { ...node, spec };
};

describe('planNodeLabels', () => {
  it('labels a node with what its GPUs are, in every way that tenants are scheduled by', () => {
    const [planned] = planFor(aGpuNode('a'));
    expect(planned?.labels).toMatchObject({
      'akash.network': 'true',
      [H100]: '8',
      [`${H100}.ram.80Gi`]: '8',
      [`${H100}.interface.sxm`]: '8',
    });
  });

  it('a node that bears its labels already is left alone', () => {
    const node = aGpuNode('a');
    const [planned] = planFor(node);
    const labels = { ...node.metadata.labels, ...planned?.labels };
    expect(planFor({ ...node, metadata: { ...node.metadata, labels } })).toEqual([]);
  });

  it.each<[string, Node['spec'], number]>([
    ['cordoned: its leases go on, so it keeps them', { unschedulable: true }, 1],
    ['tainted: tenants have no place there', { taints: [{ key: 'a', effect: 'NoSchedule' }] }, 0],
  ])('%s', (_name, spec, want) => {
    expect(planFor(withSpec(spec))).toHaveLength(want);
  });
});

describe('nodes that the selector leaves out', () => {
  it('lose our labels, and are left alone once they have none', () => {
    const sell = { 'berth.dev/sell': 'true' };
    const bare = aGpuNode('a');
    const labels = { ...bare.metadata.labels, 'akash.network': 'true' };
    const labelled = { ...bare, metadata: { ...bare.metadata, labels } };
    expect(planWith(sell, labelled)).toMatchObject([{ name: 'a', labels: {} }]);
    expect(planWith(sell, bare)).toEqual([]);
  });
});

describe('MIG slices', () => {
  it('are labelled under their own model, beside the whole GPUs', () => {
    const node = aGpuNode('a', 4);
    const list = { ...node.status?.allocatable, 'nvidia.com/mig-1g.10gb': '14' };
    const [planned] = planFor({
      ...node,
      status: { ...node.status, capacity: list, allocatable: list },
    });
    expect(planned?.labels).toMatchObject({ [H100]: '4', [`${H100}-mig-1g10gb`]: '14' });
  });
});

describe('applyNodeLabels', () => {
  it('a node that is gone, or is another by now, is not brought back; the others get theirs', async () => {
    const api = new FakeKube();
    const create = async (name: string): Promise<Node> => ({
      ...aGpuNode(name),
      metadata: (await api.create(NODES, aGpuNode(name))).metadata,
    });
    const plan = planFor(await create('goes'), await create('stays'));
    await api.delete(NODES, { name: 'goes' });
    await applyNodeLabels(api, plan);
    expect(await api.get(NODES, { name: 'goes' })).toBeUndefined();
    expect((await api.get(NODES, { name: 'stays' }))?.metadata.labels?.[H100]).toBe('8');
  });
});
