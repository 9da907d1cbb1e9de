import { missingAttributes } from '../../market/attributes.js';
import type { Attribute } from '../../market/attributes.js';
import { reason } from '../reasons.js';
import type { Check } from './check.js';

const list = (attributes: readonly Attribute[]): string =>
  attributes.map((a) => `${a.key}=${a.value}`).join(', ');

/** The chain compares the order's placement attributes with the provider's record. */
export const providerAttributes: Check = {
  name: 'provider attributes are met',
  run: ({ order, provider }) => {
    const missing = missingAttributes(order.spec.requirements.attributes, provider.attributes);
    return missing.length === 0
      ? undefined
      : reason(
          'AttributesNotMet',
          `the provider's record on chain lacks ${list(missing)}`,
          'order.spec.requirements.attributes',
        );
  },
};

/** Lets an operator serve only orders that name the provider, as the Akash provider's `--provider-config` does. */
export const orderAttributes: Check = {
  name: 'the order names the attributes the operator insists on',
  run: ({ order, rules }) => {
    const missing = missingAttributes(rules.orderAttributes, order.spec.requirements.attributes);
    return missing.length === 0
      ? undefined
      : reason(
          'OrderAttributesNotNamed',
          `only orders that require ${list(missing)} are served`,
          'order.spec.requirements.attributes',
        );
  },
};
