import { describe, expect, it } from '@jest/globals';
import { demandOf } from './demand.js';
import { indexOf } from './node-index.js';
import { keepWholeNodesWhole } from './scorer.js';
import { search } from './search.js';
import type { SearchResult } from './search.js';
import { aNode, aSnapshot } from './testing/node-builder.js';
import { aUnit } from './testing/order-builder.js';

const spread = (replicas: number, nodes: number, visits = 1_000_000): SearchResult => {
  const one = (i: number) =>
    aNode(`n${String(i).padStart(5, '0')}`)
      .having({ pods: 1n })
      .obj();
  const index = indexOf(aSnapshot(Array.from({ length: nodes }, (_, i) => one(i))));
  const unit = demandOf(aUnit().withCount(replicas).obj());
  return search([unit], [undefined], index, keepWholeNodesWhole, { visits });
};

describe('search', () => {
  it('spreads a thousand replicas over as many nodes', () => {
    const shares = spread(1_000, 1_200);
    if (typeof shares === 'string') throw new Error(shares);
    expect(new Set(shares.map((s) => s.node.node)).size).toBe(1_000);
    expect(shares.every((s) => s.count === 1)).toBe(true);
  });

  it('stops before the stack does, and when its visits are used up', () => {
    expect(spread(5_000, 5_000)).toBe('limit');
    expect(spread(2, 10, 5)).toBe('limit');
    expect(spread(2, 1)).toBe('no-fit');
  });
});
