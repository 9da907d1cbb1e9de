/** Gives back to a kept input what is code in it: the expression of a price book is kept as its text and compiled again. */
import type { DecideInput } from '../bidengine/input.js';
import { compileExpression } from '../bidengine/price-expression.js';
import type { PricingPolicy } from '../bidengine/pricing-policy.js';

const withExpression = (policy: PricingPolicy): PricingPolicy =>
  policy.expression === undefined
    ? policy
    : { ...policy, expression: compileExpression(policy.expression.text) };

/** @throws ExpressionError for a text that this version does not take */
export const revived = (input: DecideInput): DecideInput => ({
  ...input,
  policies: input.policies.map(withExpression),
});
