/**
 * A decision with everything that led to it. It is made by the same steps as `decide`, and its decision is `decide`'s own, so
 * the two cannot differ; what is added is what a decision leaves out: checks that passed, the price of an order that is
 * refused all the same, and what became of each price book.
 */
import type { Reason } from '../market/reasons.js';
import { CHECKS, PRICED_CHECKS } from './checks.js';
import { decideWith, placeAndPrice, placedBy } from './decide.js';
import type { DecideInput, Decision, Placement } from './input.js';
import type { PlacementPolicyName } from './placement-policy.js';
import { objectionsTo } from './price-maximum.js';
import { explainPolicies } from './price-select.js';
import type { ConsideredPolicy } from './price-select.js';
import type { Quote } from './strategy.js';

/** One named question and its answer. */
export interface AskedCheck {
  readonly name: string;
  /** `undefined` when the order passed. */
  readonly reason: Reason | undefined;
}

export interface Explanation {
  readonly decision: Decision;
  /** Every check that was asked, in order. Those that need a price are asked only of orders that have one. */
  readonly checks: readonly AskedCheck[];
  /** Where the group would go, whether or not it is bid on. */
  readonly placement: Placement | undefined;
  /** Which policy chose it. */
  readonly placedBy: PlacementPolicyName;
  /** What it would cost, whether or not it is bid on. */
  readonly quote: Quote | undefined;
  /** What became of each price book, in order of precedence; empty when a strategy of its own names the price. */
  readonly policies: readonly ConsideredPolicy[];
}

/** Explains what `decide(input)` decides. @throws what `decide` throws */
export const explain = (input: DecideInput): Explanation => {
  const checks = CHECKS.map(({ name, run }): AskedCheck => ({ name, reason: run(input) }));
  const unsound = checks.some((c) => c.reason?.code === 'InvalidOrder');
  const outcome = unsound ? undefined : placeAndPrice(input);
  const failed = checks.flatMap((c) => c.reason ?? []);
  const decision = decideWith(input, failed, outcome);
  const placed = outcome?.placed;
  const quote = outcome?.quote;
  const fits: AskedCheck[] =
    outcome === undefined
      ? []
      : [
          {
            name: 'the group fits and has a price',
            reason: quote === undefined ? outcome.reasons[0] : undefined,
          },
          ...(quote === undefined
            ? []
            : [
                {
                  name: 'the price is one that the order and the price book take',
                  reason: objectionsTo(quote, input.order.spec)[0],
                },
                ...PRICED_CHECKS.map(({ name, run }) => ({ name, reason: run(input, quote) })),
              ]),
        ];
  const gpus = placed === undefined ? [] : [...placed.models.values()];
  return {
    decision,
    checks: [...checks, ...fits],
    placement: placed?.placement,
    placedBy: placedBy(input.rules),
    quote,
    policies:
      input.strategy === undefined ? explainPolicies(input.policies, input.order, gpus) : [],
  };
};
