import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isQuantityFormatError, parseQuantity } from './kube-quantity.js';

/** What each suffix multiplies by, written down a second time as numerator and denominator. */
const SUFFIXES: readonly (readonly [string, bigint, bigint])[] = [
  ['', 1n, 1n],
  ['n', 1n, 1_000_000_000n],
  ['u', 1n, 1_000_000n],
  ['m', 1n, 1_000n],
  ['k', 1_000n, 1n],
  ['M', 1_000_000n, 1n],
  ['G', 1_000_000_000n, 1n],
  ['T', 1_000_000_000_000n, 1n],
  ['P', 1_000_000_000_000_000n, 1n],
  ['E', 1_000_000_000_000_000_000n, 1n],
  ['Ki', 1_024n, 1n],
  ['Mi', 1_048_576n, 1n],
  ['Gi', 1_073_741_824n, 1n],
  ['Ti', 1_099_511_627_776n, 1n],
  ['Pi', 1_125_899_906_842_624n, 1n],
  ['Ei', 1_152_921_504_606_846_976n, 1n],
  ['e3', 1_000n, 1n],
  ['E+2', 100n, 1n],
  ['e-4', 1n, 10_000n],
];

describe('parseQuantity', () => {
  it.each([
    ['whole cores', '64', 3, 64_000n],
    ['thousandths of a core', '250m', 3, 250n],
    ['a fraction of a core', '1.5', 3, 1_500n],
    ['kibibytes as a kubelet prints memory', '527934084Ki', 0, 540_604_502_016n],
    ['bytes', '1081101176832', 0, 1_081_101_176_832n],
    ['exa as a suffix, not an exponent', '1E', 0, 10n ** 18n],
    ['an exponent', '12e6', 0, 12_000_000n],
    ['a leading dot', '.5', 3, 500n],
    ['a trailing dot', '5.', 0, 5n],
    ['a plus sign', '+8', 0, 8n],
    ['minus nothing', '-0', 0, 0n],
  ] as const)('reads %s', (_name, text, places, want) => {
    expect(parseQuantity(text, places, 'down')).toBe(want);
  });

  it('rounds what a node has down and what a pod asks for up', () => {
    expect(parseQuantity('1500m', 0, 'down')).toBe(1n);
    expect(parseQuantity('1500m', 0, 'up')).toBe(2n);
    expect(parseQuantity('100u', 3, 'up')).toBe(1n);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'many'],
    ['a dot alone', '.'],
    ['an unknown suffix', '1KB'],
    ['two suffixes', '1Mi3'],
    ['an open exponent', '1e'],
    ['a space', '1 Gi'],
    ['a negative amount', '-1'],
    ['an exponent beyond any machine', '1e400'],
    ['digits beyond any machine', '9'.repeat(65)],
  ])('refuses %s and quotes it', (_name, text) => {
    try {
      parseQuantity(text, 0, 'up');
      throw new Error('read');
    } catch (error) {
      if (!isQuantityFormatError(error)) throw error;
      expect(error.text).toBe(text);
      expect(error.message).toContain(`"${text}"`);
    }
  });

  it('agrees with exact fractions for every number and suffix', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        fc.stringMatching(/^\d{0,12}$/),
        fc.constantFrom(...SUFFIXES),
        fc.constantFrom(0 as const, 3 as const),
        (whole, fraction, [suffix, up, down], places) => {
          const text = `${whole}${fraction === '' ? '' : `.${fraction}`}${suffix}`;
          const numerator = BigInt(`${whole}${fraction}`) * up * 10n ** BigInt(places);
          const denominator = 10n ** BigInt(fraction.length) * down;
          const floor = numerator / denominator;
          const ceil = numerator % denominator === 0n ? floor : floor + 1n;
          expect(parseQuantity(text, places, 'down')).toBe(floor);
          expect(parseQuantity(text, places, 'up')).toBe(ceil);
        },
      ),
    );
  });
});
