/** What the API server adds to an object on the way in: the defaults of its schema. */
import type { JsonSchema } from './json-schema.js';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ofProperties = (schema: JsonSchema, value: Fields): Fields => {
  const added = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const present = value[name] ?? property.default;
    return present === undefined ? [] : [[name, applyDefaults(property, present)] as const];
  });
  return { ...value, ...Object.fromEntries(added) };
};

/** A copy of `value` with every absent property that has a default set to it, at every depth. */
export const applyDefaults = (schema: JsonSchema, value: unknown): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item: unknown) => applyDefaults(items, item));
  }
  return isFields(value) ? ofProperties(schema, value) : value;
};
