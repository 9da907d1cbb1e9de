import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Room } from './room.js';

/** Whether amounts per mask can be met, by trying every way to split the first one that is left. */
const canServe = (
  capacity: readonly number[],
  demands: readonly { readonly mask: number; readonly units: number }[],
): boolean => {
  const next = demands.find((d) => d.units > 0);
  if (next === undefined) return true;
  return capacity.some((units, kind) => {
    if (((next.mask >> kind) & 1) === 0 || units === 0) return false;
    return canServe(
      capacity.with(kind, units - 1),
      demands.map((d) => (d === next ? { ...d, units: d.units - 1 } : d)),
    );
  });
};

const capacities = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 });
const demandsOf = (kinds: number) =>
  fc.array(
    fc.record({
      mask: fc.integer({ min: 1, max: 2 ** kinds - 1 }),
      units: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  );

describe('Room', () => {
  it('takes as much as can be met beside what was taken, and no more', () => {
    const cases = capacities.chain((capacity) =>
      fc.tuple(fc.constant(capacity), demandsOf(capacity.length)),
    );
    fc.assert(
      fc.property(cases, ([capacity, demands]) => {
        const room = new Room(
          capacity,
          demands.map((d) => d.mask),
        );
        const taken: { mask: number; units: number }[] = [];
        for (const { mask, units } of demands) {
          const most = room.take(mask, units);
          expect(canServe(capacity, [...taken, { mask, units: most }])).toBe(true);
          if (most < units)
            expect(canServe(capacity, [...taken, { mask, units: most + 1 }])).toBe(false);
          taken.push({ mask, units: most });
        }
      }),
    );
  });

  it('is empty again after clear', () => {
    const room = new Room([2], [1]);
    expect([room.take(1, 5), room.take(1, 1)]).toEqual([2, 0]);
    room.clear();
    expect(room.take(1, 1)).toBe(1);
  });

  it('an order that accepts what nobody has gets nothing', () => {
    expect(new Room([0, 3], [1, 2]).take(1, 2)).toBe(0);
  });
});
