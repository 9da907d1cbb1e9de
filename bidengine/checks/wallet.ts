import { chooseDeposit } from '../deposit.js';
import type { Check } from './check.js';

/** Deposit, fee and reserve must be there before a bid is made. */
export const wallet: Check = {
  name: 'the wallet can pay for the bid',
  run: (input) => {
    const choice = chooseDeposit(input);
    return choice.ok ? undefined : choice.reason;
  },
};
