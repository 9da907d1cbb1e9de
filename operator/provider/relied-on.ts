/** What of the record on chain the active leases were made for: it stays as long as they do. */
import { keyMatches, missingAttributes } from '../../market/attributes.js';
import type { Attribute } from '../../market/attributes.js';
import type { GroupSpec } from '../../market/resources.js';

const GPU = 'capabilities/gpu/';
const STORAGE = 'capabilities/storage/';

/** `capabilities/storage/<n>/<key>` of one `<n>`. */
const storageSet = (n: string, record: readonly Attribute[]): readonly Attribute[] =>
  record
    .filter(({ key }) => key.startsWith(`${STORAGE}${n}/`))
    .map(({ key, value }) => ({ key: key.slice(STORAGE.length + n.length + 1), value }));

const usesStorage = (group: GroupSpec, set: readonly Attribute[]): boolean =>
  group.units.some((u) =>
    u.resources.storage.some(
      ({ attributes }) => attributes.length > 0 && missingAttributes(attributes, set).length === 0,
    ),
  );

const usesGpu = (group: GroupSpec, { key, value }: Attribute): boolean =>
  group.units.some(
    ({ resources: { gpu } }) =>
      gpu.units > 0n &&
      gpu.attributes.some((want) => want.value === value && keyMatches(want.key, key)),
  );

/**
 * Whether a lease on one of `groups` relies on an attribute of `record`: its order asked for it, or a GPU or volume of it was
 * sold under that capability. Of several spellings of one GPU all are kept that its order could have meant.
 */
export const reliedOn =
  (groups: readonly GroupSpec[], record: readonly Attribute[]) =>
  (attribute: Attribute): boolean => {
    const { key, value } = attribute;
    const [, , n = ''] = key.split('/');
    const set = key.startsWith(STORAGE) ? storageSet(n, record) : [];
    const gpu = { key: key.slice(GPU.length), value };
    return groups.some(
      (group) =>
        group.requirements.attributes.some((a) => a.value === value && keyMatches(a.key, key)) ||
        (key.startsWith(GPU) && usesGpu(group, gpu)) ||
        (key.startsWith(STORAGE) && usesStorage(group, set)),
    );
  };
