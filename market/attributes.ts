/** Key/value attributes of providers and orders, and how the chain matches them (provider-wire 7.1). */

/** One attribute; lists of them are sorted and unique by key on chain. */
export interface Attribute {
  readonly key: string;
  readonly value: string;
}

/** What a group demands of the auditors who signed the provider's attributes. */
export interface SignedBy {
  /** Every one of these auditors must have signed all required attributes. */
  readonly allOf: readonly string[];
  /** At least one of these must have. */
  readonly anyOf: readonly string[];
}

/** A group's demands on the provider itself. */
export interface PlacementRequirements {
  readonly signedBy: SignedBy;
  readonly attributes: readonly Attribute[];
}

/** What one auditor signed for a provider. */
export interface AuditedAttributes {
  readonly auditor: string;
  readonly attributes: readonly Attribute[];
}

/** Keys the chain accepts. Source: akash.base.attributes.v1 validation. */
export const ATTRIBUTE_KEY = /^([a-zA-Z][\w/.-]{1,126}[\w*]?)$/;

/**
 * Whether a requested key, which may hold `*` for any run of characters but `/`, names `key`. The chain matches with Go's
 * filepath.Match (akash-network/chain-sdk, go/node/types/attributes/v1): `model/*` does not name `model/h100/ram/80Gi`.
 * Written as a scan rather than a regular expression so that a hostile pattern cannot run away.
 */
export const keyMatches = (pattern: string, key: string): boolean => {
  let p = 0;
  let k = 0;
  let star = -1;
  let mark = 0;
  while (k < key.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p;
      mark = k;
      p += 1;
    } else if (p < pattern.length && pattern[p] === key[k]) {
      p += 1;
      k += 1;
    } else if (star >= 0 && key[mark] !== '/') {
      p = star + 1;
      mark += 1;
      k = mark;
    } else {
      return false;
    }
  }
  while (p < pattern.length && pattern[p] === '*') p += 1;
  return p === pattern.length;
};

/** The required attributes that `offered` does not meet, in their order; a match needs equal values. */
export const missingAttributes = (
  required: readonly Attribute[],
  offered: readonly Attribute[],
): readonly Attribute[] =>
  required.filter(
    (want) => !offered.some((have) => keyMatches(want.key, have.key) && want.value === have.value),
  );
