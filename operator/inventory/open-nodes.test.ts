import { describe, expect, it } from '@jest/globals';
import type { NodeFacts, PodFacts } from '../../bidengine/cluster-facts.js';
import { buildSnapshot } from '../../bidengine/inventory.js';
import { aCluster, aNodeFacts, aPod } from '../../bidengine/testing/facts-builder.js';
import { openNodes } from './open-nodes.js';

const H100 = 'NVIDIA-H100-80GB-HBM3';
const MODEL = 'akash.network/capabilities.gpu.vendor.nvidia.model.h100';
const LABEL = 'akash.network/lease-web';
const NOW = 100_000;

const node = (name: string, options: Parameters<typeof aNodeFacts>[1] = {}): NodeFacts =>
  aNodeFacts(name, {
    ...{ gpus: 8, product: H100 },
    ...options,
    labels: { 'akash.network': 'true', [MODEL]: '8', ...options.labels },
  });
const lost = (name = 'app-0', namespace = 'web', sinceMs = NOW - 30_000): PodFacts =>
  aPod(
    undefined,
    { 'nvidia.com/gpu': '8' },
    {
      ...{ name, namespace },
      waiting: {
        sinceMs,
        needs: [
          { key: 'akash.network', operator: 'In', values: ['true'] },
          { key: MODEL, operator: 'Gt', values: ['0'] },
        ],
      },
    },
  );

const opened = (nodes: readonly NodeFacts[], pods: readonly PodFacts[], leases = ['web']) => {
  const open = openNodes({
    snapshot: buildSnapshot(aCluster({ nodes, pods }), [], NOW),
    labelsOf: (name) => nodes.find((n) => n.name === name)?.labels ?? {},
    leases: new Set(leases),
    ...{ pods, nowMs: NOW, graceMs: 30_000 },
  });
  return Object.fromEntries([...open].map(([name, spaces]) => [name, [...spaces]]));
};

describe('openNodes', () => {
  it.each<[string, readonly NodeFacts[], readonly PodFacts[], object]>([
    [
      'opens the tightest node with room',
      [node('a', { gpus: 16 }), node('b')],
      [lost()],
      { b: ['web'] },
    ],
    ['waits: the scheduler may find one yet', [node('a')], [lost('p', 'web', NOW - 29_999)], {}],
    ['leaves pods of others alone', [node('a')], [lost('p', 'default')], {}],
    ['opens none that is not for sale', [node('a', { unschedulable: true })], [lost()], {}],
    ['opens none without the model', [node('a', { labels: { [MODEL]: '0' } })], [lost()], {}],
    [
      'opens none that is full',
      [node('a')],
      [lost(), aPod('a', { 'nvidia.com/gpu': '1' }, { name: 'other' })],
      {},
    ],
    [
      'one for each pod, where one does not hold two',
      [node('a'), node('b')],
      [lost('app-0'), lost('app-1')],
      { a: ['web'], b: ['web'] },
    ],
    ['keeps what is open', [node('a', { labels: { [LABEL]: 'true' } })], [], { a: ['web'] }],
    [
      'another one, where the open one does not help',
      [node('a', { labels: { [LABEL]: 'true' } }), node('b')],
      [lost()],
      { a: ['web'], b: ['web'] },
    ],
  ])('%s', (_name, nodes, pods, want) => {
    expect(opened(nodes, pods)).toEqual(want);
  });

  it('closes what was open for a lease that is gone', () => {
    expect(opened([node('a', { labels: { [LABEL]: 'true' } })], [], [])).toEqual({});
  });
});
