/** Price books from a file, for commands that need every one of them to be right. */
import type { PricingPolicy } from '../../bidengine/pricing-policy.js';
import { misused } from '../failure.js';
import { readText } from '../input.js';
import { faultWords, readPriceBooks } from '../pricing/read-price-books.js';

/** @throws CliFailure `FileUnreadable`, `PolicyInvalid` naming line and field */
export const readPolicies = async (
  path: string,
  stdin: () => Promise<string>,
): Promise<readonly PricingPolicy[]> => {
  const { policies, faults } = readPriceBooks(await readText(path, stdin, 'policy'), path);
  const [first, ...others] = faults;
  if (first === undefined) return policies;
  throw misused('PolicyInvalid', faultWords(first, path), {
    field: first.field === '' ? 'policy' : first.field,
    reasons: others.map((f) => ({ code: 'PolicyInvalid', message: faultWords(f, path) })),
  });
};
