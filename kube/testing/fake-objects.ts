/** What a fake API server does to one object: stamps, defaults, merges. Pure. */
import { GROUP, RESOURCES } from '../../crds/constants.js';
import { applyDefaults } from '../../crds/defaults.js';
import { DEFINITIONS } from '../../crds/kinds.js';
import type { ObjectMeta } from '../../crds/object.js';
import type { Resource } from '../resources.js';
import type { Row, Stored } from './fake-store.js';
import { lay, letGo } from './merge.js';

/** Fields that no manager lets go of by not applying them. */
const IDENTITY = { apiVersion: '', kind: '', metadata: { name: '', namespace: '' } };

/** The object with metadata fields set, or removed where undefined. */
export const stamped = (object: Stored, changes: Readonly<Record<string, unknown>>): Stored => {
  const all: Readonly<Record<string, unknown>> = { ...object.metadata, ...changes };
  const present = Object.entries(all).filter(([, value]) => value !== undefined);
  const metadata = Object.fromEntries(present);
  return { ...object, metadata: metadata as unknown as ObjectMeta };
};

/** With the defaults of our kinds. */
export const defaulted = (resource: Resource, object: Stored): Stored => {
  if (resource.group !== GROUP) return object;
  const definition = DEFINITIONS.find((d) => RESOURCES[d.kind] === resource.plural);
  return definition === undefined ? object : (applyDefaults(definition.schema, object) as Stored);
};

/** A row's object after `manager` applied `wanted`. */
export const merged = (row: Row, manager: string, wanted: unknown): Stored => {
  const others = [...row.applied].filter(([m]) => m !== manager).map(([, fields]) => fields);
  const left = letGo(row.object, row.applied.get(manager), [wanted, ...others, IDENTITY]);
  return lay(left, wanted) as Stored;
};

/** With what only the server decides: identity stays, the generation counts changes of the spec. */
export const succeeding = (before: Stored, next: Stored): Stored => {
  const {
    resourceVersion,
    uid,
    creationTimestamp,
    deletionTimestamp,
    generation = 1,
  } = before.metadata;
  const specChanged = !same(next['spec'], before['spec']);
  return stamped(next, {
    resourceVersion,
    uid,
    creationTimestamp,
    deletionTimestamp,
    generation: specChanged ? generation + 1 : generation,
  });
};

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([k, v]) => [k, sorted(v)]));
};

/** Equality of JSON values, whatever the order of keys. */
export const same = (a: unknown, b: unknown): boolean =>
  JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
