import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { gpuCapacity } from './hindsight.js';
import { describeCluster, isClusterDescriptionError } from './cluster.js';

const demo: unknown = parse(
  readFileSync(join(import.meta.dirname, '../hack/cluster/nodes.yaml'), 'utf8'),
);
const node = { name: 'a', count: 1, cpu: '8', memory: '32Gi', ephemeralStorage: '100Gi' };

describe('a described cluster', () => {
  it("the local cluster's own file is one", () => {
    const { snapshot, attributes } = describeCluster(demo);
    const { models, units } = gpuCapacity(snapshot);
    expect(models.map((m) => m.model)).toEqual(['h100', 'rtx4090']);
    expect(units).toEqual([24, 8]);
    expect(snapshot.nodes.every((n) => n.unsellable.length === 0)).toBe(true);
    expect(attributes.map((a) => a.key)).toContain('capabilities/gpu/vendor/nvidia/model/h100');
  });

  it("has the attributes of the provider's record", () => {
    const { attributes } = describeCluster({
      ...{ nodes: [node], storageClasses: ['beta3'], attributes: { region: 'us-west' } },
    });
    expect(attributes).toEqual([
      { key: 'capabilities/storage/1/class', value: 'beta3' },
      { key: 'capabilities/storage/1/persistent', value: 'true' },
      { key: 'region', value: 'us-west' },
    ]);
  });

  it.each([
    ['no nodes', { nodes: [] }, 'nodes'],
    ['a count that is none', { nodes: [{ ...node, count: 0 }] }, 'nodes[0].count'],
    ['an amount that is none', { nodes: [{ ...node, cpu: 'many' }] }, 'nodes[0].cpu'],
    ['an unknown key', { nodes: [node], colour: 'red' }, 'colour'],
  ])('refuses %s, naming it', (_, raw, field) => {
    let refused: unknown;
    try {
      describeCluster(raw);
    } catch (error) {
      refused = error;
    }
    expect(isClusterDescriptionError(refused) && refused.message).toContain(field);
  });
});
