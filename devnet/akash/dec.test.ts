/** Decimals of 18 digits, as the chain reckons with them. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ONE, divide, formatDec, fromWhole, multiply, parseDec, truncateToWhole } from './dec.js';

const decimals = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });

describe('decimals', () => {
  it('are printed with 18 digits and read back', () => {
    expect(formatDec(1n)).toBe('0.000000000000000001');
    expect(formatDec((-3n * ONE) / 2n)).toBe('-1.500000000000000000');
    fc.assert(fc.property(decimals, (value) => parseDec(formatDec(value)) === value));
  });

  it.each(['', '1.', '.5', '1e3', '0x1', '1.0000000000000000001'])('refuse %p', (text) => {
    expect(() => parseDec(text)).toThrow();
  });

  it('multiply and divide by one without change, and give whole numbers back', () => {
    fc.assert(
      fc.property(
        decimals,
        (value) => multiply(value, ONE) === value && divide(value, ONE) === value,
      ),
    );
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        (n) => truncateToWhole(fromWhole(n)) === n,
      ),
    );
  });
});
