/** What the provider's record on chain must say so that the chain accepts our bids: configured attributes and real GPUs. */
import type { Attribute, AuditedAttributes } from '../../market/attributes.js';
import type { Provider } from '../../market/records.js';

const byKey = (a: Attribute, b: Attribute): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/**
 * The record that should be on chain: sorted and unique by key, as the chain demands; configured values win. When it is sent,
 * and what stays although it is not in it, is for `record-plan.ts` to say.
 */
export const desiredProvider = (configured: Provider, derived: readonly Attribute[]): Provider => {
  const merged = new Map<string, Attribute>();
  for (const a of [...derived, ...configured.attributes]) merged.set(a.key, a);
  return { ...configured, attributes: [...merged.values()].sort(byKey) };
};

/** An attribute that an auditor signed and that a change of the record would take away. */
export interface LostSignature {
  readonly auditor: string;
  readonly attribute: Attribute;
}

/**
 * Signatures that vouch for something now and would vouch for nothing after the change: orders that ask for them would no
 * longer be served. Auditors sign key and value, so a changed value loses its signature as well.
 */
export const signaturesLost = (
  want: Provider,
  have: Provider,
  audited: readonly AuditedAttributes[],
): readonly LostSignature[] => {
  const says = (p: Provider, { key, value }: Attribute): boolean =>
    p.attributes.some((a) => a.key === key && a.value === value);
  return audited.flatMap(({ auditor, attributes }) =>
    attributes
      .filter((attribute) => says(have, attribute) && !says(want, attribute))
      .map((attribute) => ({ auditor, attribute })),
  );
};
