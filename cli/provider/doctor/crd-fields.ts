/** Which fields a definition has, for comparing the installed one with ours. */

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly items?: Schema | undefined;
  readonly additionalProperties?: Schema | boolean | undefined;
}

const collect = (schema: Schema, path: string, into: Set<string>): void => {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const at = path === '' ? name : `${path}.${name}`;
    into.add(at);
    collect(property, at, into);
  }
  if (schema.items !== undefined) collect(schema.items, `${path}[]`, into);
  if (typeof schema.additionalProperties === 'object')
    collect(schema.additionalProperties, `${path}{}`, into);
};

/** Paths such as `spec.chain.endpoints[].url`. */
export const fieldsOf = (schema: object): ReadonlySet<string> => {
  const fields = new Set<string>();
  collect({ properties: { ...(schema as Schema).properties } }, '', fields);
  // Every object has these; only what is below spec and status is ours.
  return new Set([...fields].filter((f) => f.startsWith('spec.') || f.startsWith('status.')));
};
