import { describe, expect, it } from '@jest/globals';
import { moduleAddress } from './module-address.js';

describe('moduleAddress', () => {
  // Both addresses are in the recordings: the fee collector in every transaction, escrow in every deposit.
  it.each([
    ['fee_collector', 'akash17xpfvakm2amg962yls6f84z3kell8c5lazw8j8'],
    ['escrow', 'akash14pphss726thpwws3yc458hggufynm9x77l4l2u'],
  ])('derives the recorded account of %s', (name, wantAddress) => {
    expect(moduleAddress(name)).toBe(wantAddress);
  });
});
