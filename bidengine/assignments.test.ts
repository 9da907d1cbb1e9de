import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignments, MOST_ASSIGNMENTS, optionsOf, pressureOfUse } from './assignments.js';
import type { Assignment } from './assignments.js';
import { demandOf } from './demand.js';
import { indexOf } from './node-index.js';
import { dec } from './testing/input-builder.js';
import { aNode, aSnapshot, H100 } from './testing/node-builder.js';
import { aUnit } from './testing/order-builder.js';

/** Every assignment of units that accept any of the models, whose worth is given in order. */
const all = (worths: readonly number[], counts: readonly number[]) => {
  const nodes = worths.map((_, i) =>
    aNode(`n${i}`)
      .withGpus({ ...H100, model: `m${i}` }, 1)
      .obj(),
  );
  const units = counts.map((n, i) =>
    demandOf(
      aUnit(i + 1)
        .withGpu('nvidia', '*')
        .withCount(n)
        .obj(),
    ),
  );
  const worth = (model: { readonly model: string }) =>
    dec(String(worths[Number(model.model.slice(1))]));
  const found: Assignment[] = [];
  const source = assignments(optionsOf(units, indexOf(aSnapshot(nodes)), worth));
  let next = source.next();
  for (; next.done !== true; next = source.next()) found.push(next.value);
  const cost = (a: Assignment): number =>
    a.reduce(
      (sum, m, i) => sum + (counts[i] ?? 0) * (worths[Number(m?.model.model.slice(1))] ?? 0),
      0,
    );
  return {
    complete: next.value,
    costs: found.map(cost),
    names: found.map((a) => a.map((m) => m?.key).join()),
  };
};

describe('assignments', () => {
  it('gives each combination once, the cheapest first', () => {
    const worth = fc.integer({ min: 1, max: 50 });
    const count = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(
        fc.array(worth, { minLength: 1, maxLength: 5 }),
        fc.array(count, { minLength: 1, maxLength: 3 }),
        (worths, counts) => {
          const { complete, costs, names } = all(worths, counts);
          expect(complete).toBe(true);
          expect(names.length).toBe(worths.length ** counts.length);
          expect(new Set(names).size).toBe(names.length);
          expect(costs).toEqual(costs.toSorted((a, b) => a - b));
        },
      ),
    );
  });

  it('says when it did not give all of them', () => {
    const { complete, names } = all([1, 2, 3, 4], [1, 1, 1, 1, 1]);
    expect([complete, names.length]).toEqual([false, MOST_ASSIGNMENTS]);
    expect(all([1, 2], [1, 1, 1, 1, 1, 1, 1, 1]).complete).toBe(true);
  });

  it('leaves units without GPUs open, and gives nothing when a unit has no model', () => {
    const index = indexOf(aSnapshot([aNode().obj()]));
    const plain = demandOf(aUnit().obj());
    const gpu = demandOf(aUnit().withGpu('nvidia', 'h100').obj());
    const worth = () => dec('1');
    expect([...assignments(optionsOf([plain], index, worth))]).toEqual([[undefined]]);
    expect([...assignments(optionsOf([plain, gpu], index, worth))]).toEqual([]);
  });
});

describe('pressureOfUse', () => {
  const order = (used: readonly bigint[], pressure?: typeof pressureOfUse): readonly string[] => {
    const nodes = used.map((gpus, i) =>
      aNode(`n${i}`)
        .withGpus({ ...H100, model: `m${i}` }, 8)
        .using({ gpus })
        .obj(),
    );
    const units = [demandOf(aUnit().withGpu('nvidia', '*').obj())];
    const options = optionsOf(units, indexOf(aSnapshot(nodes)), () => dec('1'), pressure);
    return [...assignments(options)].map((a) => a[0]?.model.model ?? '');
  };

  it('sends open orders where most is free; without it, equal prices leave the order of names', () => {
    expect(order([6n, 0n, 4n], pressureOfUse)).toEqual(['m1', 'm2', 'm0']);
    expect(order([6n, 0n, 4n])).toEqual(['m0', 'm1', 'm2']);
  });

  it('a model of which nothing is free comes last and breaks nothing', () => {
    expect(order([8n, 7n], pressureOfUse)).toEqual(['m1', 'm0']);
  });
});
