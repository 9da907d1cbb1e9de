import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareLeases } from './compare.js';
import type { LeaseSighting } from './compare.js';

const provider = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
const seen = (name: string): LeaseSighting => ({
  name,
  id: { owner: provider, dseq: 1n, gseq: 1, oseq: 1, provider, bseq: 0 },
});
const all = (...names: string[]): LeaseSighting[] => names.map(seen);

describe('compareLeases', () => {
  it('names each kind of disagreement and reconciles everything it saw', () => {
    const result = compareLeases(all('a', 'b', 'c'), all('a', 'x'), all('a', 'b', 'y'));
    expect(result.missingComputeLease).toEqual(['b', 'c']);
    expect(result.missingNamespace).toEqual(['c']);
    expect(result.orphanComputeLease).toEqual(['x']);
    expect(result.orphanNamespace).toEqual(['y']);
    expect(result.names.map((s) => s.name)).toEqual(['a', 'b', 'c', 'x', 'y']);
  });

  it('three equal listings never disagree', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), (names) => {
        const list = all(...names);
        const result = compareLeases(list, list, list);
        expect(result.names).toHaveLength(names.length);
        expect([
          ...result.missingComputeLease,
          ...result.missingNamespace,
          ...result.orphanComputeLease,
          ...result.orphanNamespace,
        ]).toEqual([]);
      }),
    );
  });
});
