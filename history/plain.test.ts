import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Decimal } from '../market/money.js';
import { canonicalText, fromPlain, isPlainFormatError, toPlain } from './plain.js';
import type { Plain } from './plain.js';

const leaf = fc.oneof(
  fc.boolean(),
  fc.string(),
  fc.integer(),
  fc.bigInt(),
  fc.constant(null),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Uint8Array.from(bytes)),
  fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => new Decimal(`${a}.${b}`)),
);
const key = fc
  .oneof(fc.string(), fc.constantFrom('$int', '$map', 'a'))
  .filter((k) => k !== '__proto__');
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(fc.string(), tie('tree')), { maxLength: 3 }).map((e) => new Map(e)),
  ),
}));

describe('plain JSON', () => {
  it('gives back what it was given, through text', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(fromPlain(JSON.parse(canonicalText(value)) as Plain)).toEqual(value);
      }),
    );
  });

  it('equal values have equal texts, whatever the order of their keys', () => {
    expect(canonicalText({ b: 1n, a: new Decimal('1.50') })).toBe(
      canonicalText({ a: new Decimal('1.5'), b: 1n }),
    );
  });

  it('leaves out what is absent and what cannot be told', () => {
    expect(toPlain({ a: undefined, f: () => 1, b: 2 })).toEqual({ b: 2 });
  });

  it.each<[string, Plain]>([
    ['a form of another version', { $rational: '1/2' }],
    ['a number that is none', { $int: '12e4' }],
    ['a decimal that is none', { $dec: '' }],
    ['a map that is no list', { $map: 'x' }],
    ['two forms at once', { $int: '1', $dec: '1' }],
  ])('refuses %s', (_, plain) => {
    let refused: unknown;
    try {
      fromPlain(plain);
    } catch (error) {
      refused = error;
    }
    expect(isPlainFormatError(refused)).toBe(true);
  });
});
