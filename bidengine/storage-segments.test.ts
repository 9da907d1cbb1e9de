import { describe, expect, it } from '@jest/globals';
import type {
  LabelSelectorFacts,
  StorageClassFacts,
  StorageSegmentFacts,
} from './cluster-facts.js';
import { classBytes, selects, storageOfNode } from './storage-segments.js';
import { aNodeFacts } from './testing/facts-builder.js';

const at = (host: string): LabelSelectorFacts => ({
  matchLabels: { 'kubernetes.io/hostname': host },
});
const aClass = (...segments: readonly StorageSegmentFacts[]) => ({
  name: 'beta2',
  availableBytes: undefined,
  everywhere: true,
  segments,
});
const local = aClass(
  { nodes: at('a'), capacity: '100' },
  { nodes: at('b'), capacity: '40', maximumVolumeSize: '30' },
);

describe('free space by topology', () => {
  it.each([
    ['a pool for all', aClass({ nodes: {}, capacity: '100' }), 100n],
    ['parts are added up', local, 140n],
    [
      'one part that does not tell makes the whole unknown',
      aClass({ nodes: {} }, { nodes: {}, capacity: '1' }),
      undefined,
    ],
    [
      'an amount that cannot be read is unknown',
      aClass({ nodes: {}, capacity: 'lots' }),
      undefined,
    ],
    ['no segment: the number of the class', { ...aClass(), availableBytes: 7n }, 7n],
  ])('%s', (_name, storageClass, want) => {
    expect(classBytes(storageClass)).toBe(want);
  });

  it('a node has what its own segment holds, and a volume no more than one may be', () => {
    expect(storageOfNode(aNodeFacts('a'), [local])).toEqual({
      storageClasses: ['beta2'],
      storageRoom: { beta2: { segment: JSON.stringify(at('a')), freeBytes: 100n } },
    });
    expect(storageOfNode(aNodeFacts('b'), [local]).storageRoom).toEqual({
      beta2: { segment: JSON.stringify(at('b')), freeBytes: 40n, largestVolumeBytes: 30n },
    });
    expect(storageOfNode(aNodeFacts('c'), [local])).toEqual({ storageClasses: [] });
  });

  it.each<[string, Partial<StorageClassFacts>, readonly string[]]>([
    ['no topologies are allowed in particular', {}, ['beta2']],
    ['the node is in an allowed topology', { topologies: [at('x'), at('a')] }, ['beta2']],
    ['the node is in none of them', { topologies: [at('x')] }, []],
    ['volumes are made at once, and reach every node', { immediate: true }, ['beta2']],
    [
      'volumes are made at once, wherever that is',
      { immediate: true, topologies: [at('a'), at('b')] },
      [],
    ],
    ['volumes are made at once, for labelled nodes', { immediate: true, everywhere: false }, []],
  ])('%s', (_name, facts, want) => {
    const storageClass = { ...aClass({ nodes: {}, capacity: '9' }), ...facts };
    const labels = { 'akash.network/capabilities.storage.class.beta2': '1' };
    expect(storageOfNode(aNodeFacts('a', { labels }), [storageClass]).storageClasses).toEqual(want);
  });

  it.each<[string, LabelSelectorFacts, boolean]>([
    ['everything', {}, true],
    ['by label', at('a'), true],
    ['another label', at('b'), false],
    ['In', { matchExpressions: [{ key: 'zone', operator: 'In', values: ['x', 'y'] }] }, true],
    ['NotIn', { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['x'] }] }, false],
    [
      'NotIn of a label that is absent',
      { matchExpressions: [{ key: 'rack', operator: 'NotIn', values: ['x'] }] },
      true,
    ],
    ['Exists', { matchExpressions: [{ key: 'zone', operator: 'Exists' }] }, true],
    ['DoesNotExist', { matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }, false],
    ['an operator nobody knows', { matchExpressions: [{ key: 'zone', operator: 'Near' }] }, false],
  ])('selector: %s', (_name, selector, want) => {
    expect(selects(selector, { 'kubernetes.io/hostname': 'a', zone: 'x' })).toBe(want);
  });
});
