/**
 * Server-side apply, as far as a fake needs it: the fields of the applied object replace those present, and fields that
 * the same manager applied before but not now go, unless another manager also applied them. Lists are replaced as a
 * whole, but conditions merge by type and finalizers as a set, as their schemas say.
 */
type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const typeOf = (value: unknown): unknown => (isFields(value) ? value['type'] : undefined);

/** A key for each item of a list that merges by item, or undefined for a list that is replaced. */
const itemKey = (path: string): ((item: unknown) => unknown) | undefined => {
  if (path === 'status.conditions') return typeOf;
  if (path === 'metadata.finalizers') return (item) => item;
  return undefined;
};

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** `present` with `applied` laid over it. */
export const lay = (present: unknown, applied: unknown, path = ''): unknown => {
  if (isFields(applied) && isFields(present)) {
    const changed = Object.entries(applied).map(
      ([name, value]) => [name, lay(present[name], value, below(path, name))] as const,
    );
    return { ...present, ...Object.fromEntries(changed) };
  }
  const key = itemKey(path);
  if (key === undefined || !isList(applied) || !isList(present)) return applied;
  const kept = present.map((item) => applied.find((a) => key(a) === key(item)) ?? item);
  const added = applied.filter((a) => !present.some((item) => key(item) === key(a)));
  return [...kept, ...added];
};

/** Whether something of another owner is left in a value that its last owner lets go of. */
const holdsOthers = (left: unknown, path: string): boolean => {
  if (isFields(left)) return Object.keys(left).length > 0;
  return isList(left) && itemKey(path) !== undefined && left.length > 0;
};

const letGoOfFields = (
  present: Fields,
  before: Fields,
  keep: readonly unknown[],
  path: string,
): Fields => {
  const entries = Object.entries(present).flatMap(([name, value]) => {
    if (!(name in before)) return [[name, value] as const];
    const at = below(path, name);
    const kept = keep.filter(isFields).filter((k) => name in k);
    const left = letGo(
      value,
      before[name],
      kept.map((k) => k[name]),
      at,
    );
    return kept.length === 0 && !holdsOthers(left, at) ? [] : [[name, left] as const];
  });
  return Object.fromEntries(entries);
};

/** `present` without what is in `before` but in none of `keep`; how a manager lets go of fields. */
export const letGo = (
  present: unknown,
  before: unknown,
  keep: readonly unknown[],
  path = '',
): unknown => {
  if (isFields(present) && isFields(before)) return letGoOfFields(present, before, keep, path);
  const key = itemKey(path);
  if (key === undefined || !isList(present) || !isList(before)) return present;
  const has = (list: unknown, item: unknown): boolean =>
    isList(list) && list.some((other) => key(other) === key(item));
  return present.filter((item) => !has(before, item) || keep.some((k) => has(k, item)));
};
