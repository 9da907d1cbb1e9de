import { budgetFault } from '../budget.js';
import type { Check } from './check.js';

/** The operator's budget for fees and deposits must bear one more bid. */
export const budget: Check = {
  name: 'the budget bears the bid',
  run: (input) => (input.budget === undefined ? undefined : budgetFault(input.budget)),
};
