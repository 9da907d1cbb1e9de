/** The kinds of our API, in the order in which people meet them. */
import type { BerthKind } from './constants.js';
import type { KindDefinition } from './definition.js';
import { bid } from './schemas/bid.js';
import { computeLease } from './schemas/compute-lease.js';
import { computeProvider } from './schemas/compute-provider.js';
import { pricingPolicy } from './schemas/pricing-policy.js';

export const DEFINITIONS: readonly KindDefinition[] = [
  computeProvider,
  pricingPolicy,
  bid,
  computeLease,
];

/** The definition of a kind. */
export const definitionOf = (kind: BerthKind): KindDefinition => {
  const found = DEFINITIONS.find((d) => d.kind === kind);
  if (found === undefined) throw new Error(`no definition of kind ${kind}`);
  return found;
};
