import { missingAttributes } from '../../market/attributes.js';
import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** Every auditor of `allOf`, and at least one of `anyOf`, must have signed all required attributes. */
export const auditors: Check = {
  name: 'the required auditors have signed',
  run: ({ order, provider }) => {
    const { signedBy, attributes } = order.spec.requirements;
    const hasSigned = (auditor: string): boolean =>
      provider.audited.some(
        (a) => a.auditor === auditor && missingAttributes(attributes, a.attributes).length === 0,
      );
    const missing = signedBy.allOf.filter((auditor) => !hasSigned(auditor));
    const anyFails = signedBy.anyOf.length > 0 && !signedBy.anyOf.some(hasSigned);
    if (missing.length === 0 && !anyFails) return undefined;
    const parts = [
      ...(missing.length > 0 ? [`all of ${missing.join(', ')}`] : []),
      ...(anyFails ? [`any of ${signedBy.anyOf.join(', ')}`] : []),
    ];
    return reason(
      'AuditorsNotMet',
      `the required attributes are not signed by ${parts.join(' and by ')}`,
      'order.spec.requirements.signedBy',
    );
  },
};
