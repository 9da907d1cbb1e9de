/** Attribute lists as group specs, providers and auditors carry them (chain-sdk go/node/types/attributes/v1). */
import type { Attribute } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { refusal, registerIn } from '../akash/registered-error.js';

const akash = registerIn('akash');
const DUPLICATE_KEYS = akash(1, 'Unknown', 'attributes cannot have duplicate keys');
const INVALID_KEY = akash(2, 'Unknown', 'attribute key does not match regexp');

const PLAIN_KEY = /^[a-zA-Z][\w/.-]{1,126}$/;
const WILDCARD_KEY = /^[a-zA-Z][\w/.-]{1,126}[\w*]?$/;

/** Requests may end a key in `*`, providers may not. @throws AppError akash/1 or akash/2 */
export const validateAttributes = (attributes: readonly Attribute[], wildcards: boolean): void => {
  const seen = new Set<string>();
  for (const { key } of attributes) {
    if (!(wildcards ? WILDCARD_KEY : PLAIN_KEY).test(key)) throw refusal(INVALID_KEY);
    if (seen.has(key)) throw refusal(DUPLICATE_KEYS);
    seen.add(key);
  }
};

/** Go's `filepath.Match` for the patterns keys can hold: `*` stands for any run without a slash. */
const globMatches = (pattern: string, text: string): boolean => {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${source}$`).test(text);
};

const covers = (required: Attribute, offered: Attribute): boolean =>
  required.value === offered.value && globMatches(required.key, offered.key);

/** Whether everything required is offered. */
export const isSubset = (required: readonly Attribute[], offered: readonly Attribute[]): boolean =>
  required.every((want) => offered.some((have) => covers(want, have)));

/** Whether something required is offered. */
export const isAnyOf = (required: readonly Attribute[], offered: readonly Attribute[]): boolean =>
  required.some((want) => offered.some((have) => covers(want, have)));

/** `capabilities/storage/<n>/<key>` grouped by `<n>`. */
export const capabilityGroups = (
  attributes: readonly Attribute[],
  kind: string,
): readonly (readonly Attribute[])[] => {
  const groups = new Map<string, Attribute[]>();
  for (const { key, value } of attributes) {
    const [capabilities, name, group, last, ...rest] = key.split('/');
    if (capabilities !== 'capabilities' || name?.startsWith(kind) !== true) continue;
    if (group === undefined || last === undefined || rest.length > 0) continue;
    const members = groups.get(group) ?? [];
    members.push({ key: last, value });
    groups.set(group, members);
  }
  return [...groups.values()];
};

/** `capabilities/gpu/<rest>` as attributes named `<rest>`. */
export const capabilities = (
  attributes: readonly Attribute[],
  kind: string,
): readonly Attribute[] =>
  attributes
    .filter(({ key }) => key.startsWith(`capabilities/${kind}`) && key.split('/').length >= 4)
    .map(({ key, value }) => ({ key: key.split('/').slice(2).join('/'), value }));
