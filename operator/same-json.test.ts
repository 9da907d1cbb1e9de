import { describe, expect, it } from '@jest/globals';
import { sameJson } from './same-json.js';

describe('sameJson', () => {
  it.each<[string, unknown, unknown, boolean]>([
    ['keys in another order', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, true],
    ['an absent value and none', { a: 1, b: undefined }, { a: 1 }, true],
    ['a list in another order', [1, 2], [2, 1], false],
    ['a deep difference', { a: [{ b: 1 }] }, { a: [{ b: 2 }] }, false],
    ['nothing and something', undefined, {}, false],
  ])('%s', (_name, a, b, want) => {
    expect(sameJson(a, b)).toBe(want);
  });
});
