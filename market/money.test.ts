import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  AmountFormatError,
  blocksPerHour,
  Decimal,
  formatPrice,
  parseCoin,
  parseDecimal,
  truncate,
  uactPerBlockToUsdPerHour,
  usdPerHourToUactPerBlock,
} from './money.js';

describe('money', () => {
  it('a price survives format and parse exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), (atomics) => {
        const price = new Decimal(atomics.toString()).div(new Decimal('1000000000000000000'));
        expect(parseDecimal(formatPrice(price)).eq(price)).toBe(true);
      }),
    );
  });

  it.each(['-1', '1e3', 'NaN', '', '.5', '1.', '1.0000000000000000001', '1,5'])(
    'refuses %p as an amount',
    (text) => expect(() => parseDecimal(text)).toThrow(AmountFormatError),
  );

  it('refuses a floating-point number outright', () => {
    expect(() => new Decimal(0.1)).toThrow();
  });

  it('cuts payouts toward zero as the chain does', () => {
    expect(truncate(parseDecimal('999.999999999999999999'))).toBe(999n);
  });

  it('an hour of one-second blocks is 3600 blocks, of 5.9 s blocks a little over 610', () => {
    expect(blocksPerHour(1000).toString()).toBe('3600');
    expect(blocksPerHour(5900).toFixed(3)).toBe('610.169');
  });

  it('18 USD an hour at 1 s blocks is 5000 uact a block, and back', () => {
    const rate = usdPerHourToUactPerBlock(parseDecimal('18'), 1000);
    expect(rate.toString()).toBe('5000');
    expect(uactPerBlockToUsdPerHour(rate, 1000).toString()).toBe('18');
  });

  it('converts without a remainder at any whole block time', () => {
    for (const ms of [200, 1000, 5900, 7000]) {
      const rate = usdPerHourToUactPerBlock(parseDecimal('3.6'), ms);
      expect(rate.toString()).toBe(String(ms));
      expect(uactPerBlockToUsdPerHour(rate, ms).toString()).toBe('3.6');
    }
  });

  it('reads coins with native and IBC denominations', () => {
    expect(parseCoin('500000uakt')).toEqual({ amount: 500000n, denom: 'uakt' });
    expect(parseCoin('7ibc/170C677610').denom).toBe('ibc/170C677610');
    expect(() => parseCoin('uakt')).toThrow(AmountFormatError);
  });
});
