import { describe, expect, it } from '@jest/globals';
import { buildSnapshot } from '../../bidengine/inventory.js';
import type { Node } from '../../kube/core-objects.js';
import { anIntent } from '../testing/an-intent.js';
import { aGpuNode } from '../testing/world.js';
import { gpuInventory, nodeInventory } from './gpu-totals.js';
import { toNodeFacts } from './node-facts.js';

const { reservation } = anIntent();
const snapshotOf = (nodes: readonly Node[], reservations = [reservation]) =>
  buildSnapshot(
    {
      ...{ nodes: nodes.map(toNodeFacts), pods: [], storageClasses: [], volumes: [] },
      leasedIps: { available: 0, assigned: [] },
    },
    reservations,
    0,
  );
const cordoned = (node: Node): Node => ({ ...node, spec: { unschedulable: true } });

describe('gpuInventory', () => {
  it.each<[string, boolean, object]>([
    ['a bid that is no lease yet is reserved', true, { leased: 0, reserved: 8, available: 8 }],
    [
      'a lease is leased, also before its pods run',
      false,
      { leased: 8, reserved: 0, available: 8 },
    ],
  ])('%s', (_name, pending, want) => {
    const snapshot = snapshotOf([aGpuNode('h100-0'), aGpuNode('h100-1')]);
    const rows = gpuInventory(snapshot, pending ? [reservation] : []);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ model: 'h100', allocatable: 16, unsellable: 0, ...want });
  });

  it('free GPUs of a cordoned node are unsellable, not available', () => {
    const [row] = gpuInventory(snapshotOf([cordoned(aGpuNode('a'))], []), []);
    expect(row).toMatchObject({ allocatable: 8, available: 0, unsellable: 8, leased: 0 });
  });
});

describe('nodeInventory', () => {
  it('names why a node is not for sale', () => {
    const [node] = nodeInventory(snapshotOf([cordoned(aGpuNode('a'))], []));
    expect(node).toMatchObject({ name: 'a', sellable: false, gpus: 8, model: 'h100' });
    expect(node?.reasons?.map((r) => r.code)).toEqual(['NodeCordoned']);
  });
});
