import { describe, expect, it } from '@jest/globals';
import { mostPerHour } from './bound.js';
import type { Demand } from './bound.js';

const wants = (models: string, usd: number, gpus: number): Demand => ({
  models: models === '' ? [] : models.split('|'),
  ...{ usd, gpus },
});
const capacity = new Map([
  ['a', 10],
  ['b', 10],
]);

describe('mostPerHour', () => {
  it.each<[string, readonly Demand[], number]>([
    ['nothing wanted', [], 0],
    ['all of it fits', [wants('a', 2, 5)], 10],
    ['one model runs out', [wants('a', 2, 15)], 20],
    ['open tasks make way for those that name a model', [wants('', 3, 10), wants('a', 2, 10)], 50],
    ['the best-paying go first', [wants('', 1, 20), wants('', 3, 5)], 30],
    ['a chain of moves', [wants('a|b', 3, 10), wants('b', 2, 10), wants('a', 1, 10)], 50],
    ['a model that is not there', [wants('z', 9, 1)], 0],
  ])('%s', (_name, demands, want) => {
    expect(mostPerHour(demands, capacity)).toBeCloseTo(want);
  });
});
