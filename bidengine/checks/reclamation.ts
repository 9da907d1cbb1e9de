import { chooseReclamation } from '../reclamation.js';
import type { Check } from './check.js';

/** An order that asks for a reclamation window gets a bid only with one. */
export const reclamation: Check = {
  name: 'the reclamation window can be offered',
  run: (input) => {
    const choice = chooseReclamation(input);
    return choice.ok ? undefined : choice.reason;
  },
};
