import { describe, expect, it } from '@jest/globals';
import type { ExchangeRates } from '../../bidengine/exchange.js';
import { Decimal } from '../../market/money.js';
import { worthOf } from './worth.js';

const usdc = { status: 'stale', why: 'none', conservativeUsd: new Decimal('1.1') } as const;
const fresh: ExchangeRates = {
  akt: { status: 'fresh', usd: new Decimal('0.5'), ageMs: 61_000, sources: ['chain oracle', 'x'] },
  usdc,
};
const stale: ExchangeRates = {
  akt: { status: 'stale', why: 'chain oracle is 700 s old', conservativeUsd: new Decimal('5') },
  usdc,
};
const holdings = {
  balances: [
    { denom: 'uakt', amount: 10_000_000n },
    { denom: 'uact', amount: 3_000_000n },
    { denom: 'ibc/UNKNOWN', amount: 1n },
  ],
  reserveUakt: 2_000_000n,
  deposits: [{ denom: 'uakt', amount: 500_000n }],
  feesUaktPerHour: 40_000n,
};

describe('what the wallet is worth', () => {
  it('goes by the sources that are fresh, and names them', () => {
    expect(worthOf(fresh, holdings)).toEqual({
      aktUsd: '0.5',
      rate: 'Fresh',
      basis: 'chain oracle, x; the oldest 61 s old',
      walletUsd: '8.000000',
      reserveUsd: '1.000000',
      depositsUsd: '0.250000',
      feesUsdPerHour: '0.020000',
    });
  });

  it('goes by the stated careful rate while none is, and says what they lack', () => {
    expect(worthOf(stale, holdings)).toMatchObject({
      aktUsd: '5',
      rate: 'Conservative',
      basis: 'chain oracle is 700 s old',
      walletUsd: '53.000000',
      reserveUsd: '10.000000',
      depositsUsd: '2.500000',
      feesUsdPerHour: '0.200000',
    });
  });

  it('says nothing of fees in the first minutes', () => {
    expect(worthOf(fresh, { ...holdings, feesUaktPerHour: undefined })).not.toHaveProperty(
      'feesUsdPerHour',
    );
  });
});
