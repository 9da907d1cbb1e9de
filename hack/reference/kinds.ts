/** docs/reference/kinds.md: every field of our Kubernetes kinds, from their schemas. */
import { GROUP, RESOURCES, VERSION } from '../../crds/constants.js';
import type { KindDefinition } from '../../crds/definition.js';
import type { JsonSchema } from '../../crds/json-schema.js';
import { DEFINITIONS } from '../../crds/kinds.js';
import { table } from './markdown.js';

const range = (low: number | undefined, high: number | undefined, what = ''): string =>
  low === undefined && high === undefined ? '' : ` ${low ?? 0}–${high ?? '…'}${what}`;

/** What a value may be, in a few words. */
export const typeWords = (schema: JsonSchema): string => {
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if (schema.type === 'array') return `list of ${typeWords(schema.items ?? { type: 'object' })}`;
  if (schema.type === 'object' && schema.additionalProperties !== undefined)
    return `map to ${typeWords(schema.additionalProperties)}`;
  if (schema.type === 'integer') return `integer${range(schema.minimum, schema.maximum)}`;
  if (schema.type === 'string')
    return (
      schema.format ?? (schema.pattern === undefined ? 'string' : `string \`${schema.pattern}\``)
    );
  return schema.type;
};

type Row = readonly [path: string, type: string, fallback: string, meaning: string];

const rules = (schema: JsonSchema): string =>
  (schema['x-kubernetes-validations'] ?? [])
    .flatMap(({ message }) => (message === undefined ? [] : [` Rule: ${message}.`]))
    .join('');

const children = (path: string, schema: JsonSchema): readonly Row[] => {
  if (schema.items !== undefined) return children(`${path}[]`, schema.items);
  if (schema.additionalProperties !== undefined)
    return children(`${path}.*`, schema.additionalProperties);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    fieldRows(`${path}.${name}`, field, schema.required?.includes(name) === true),
  );
};

const fieldRows = (path: string, schema: JsonSchema, required: boolean): readonly Row[] => {
  const fallback =
    schema.default === undefined
      ? required
        ? 'required'
        : ''
      : `\`${JSON.stringify(schema.default)}\``;
  const row: Row = [
    `\`${path}\``,
    typeWords(schema),
    fallback,
    `${schema.description ?? ''}${rules(schema)}`,
  ];
  return [row, ...children(path, schema)];
};

const fields = (name: 'spec' | 'status', { schema }: KindDefinition): string => {
  const part = schema.properties?.[name];
  if (part === undefined) return '';
  const rows = children(name, part);
  return `\n### \`${name}\`\n\n${table(['field', 'type', 'default', 'meaning'], rows)}`;
};

const columns = ({ columns: all }: KindDefinition): string =>
  table(
    ['column', 'shows', 'when'],
    all.map((c) => [
      c.name,
      c.description ?? `\`${c.jsonPath}\``,
      c.wide === true ? '`-o wide`' : 'always',
    ]),
  );

const kindText = (definition: KindDefinition): string =>
  [
    `\n## ${definition.kind}\n`,
    `${definition.schema.description ?? ''}\n`,
    `\`kubectl get ${RESOURCES[definition.kind]}\`${definition.shortNames.map((s) => `, \`kubectl get ${s}\``).join('')}\n`,
    columns(definition),
  ].join('\n') +
  fields('spec', definition) +
  fields('status', definition);

/** The whole page. */
export const kindsPage = (notice: string): string =>
  `# Kinds\n\n${notice}\n\nGroup and version: \`${GROUP}/${VERSION}\`. All kinds are cluster-scoped; \`kubectl explain KIND.spec\` says the same on a cluster.\n${DEFINITIONS.map(kindText).join('')}`;
