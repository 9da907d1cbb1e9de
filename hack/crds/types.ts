/** TypeScript types of our kinds: json-schema-to-typescript, then everything made readonly. */
import { compile } from 'json-schema-to-typescript';
import ts from 'typescript';
import { API_VERSION } from '../../crds/constants.js';
import type { KindDefinition } from '../../crds/definition.js';
import type { JsonSchema } from '../../crds/json-schema.js';

type Definitions = Map<string, { schema: object; source: string }>;

const describe = (schema: JsonSchema): string | undefined =>
  schema.default === undefined || typeof schema.default === 'object'
    ? schema.description
    : `${schema.description ?? ''} Default: ${JSON.stringify(schema.default)}.`;

/** Moves titled objects into `definitions`, so that a shape used twice becomes one type. @throws Error when two shapes share a title */
const reference = (schema: JsonSchema, into: Definitions): object => {
  const { title, properties, items, additionalProperties, description: _, ...rest } = schema;
  const converted = {
    ...rest,
    description: describe(schema),
    ...(schema.type === 'object' ? { additionalProperties: false as boolean | object } : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, value]) => [name, reference(value, into)]),
          ),
        }),
    ...(items === undefined ? {} : { items: reference(items, into) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: reference(additionalProperties, into) }),
  };
  if (title === undefined) return converted;
  const { default: _d, ...shape } = converted;
  // Rules differ by place (here immutable, there not); the shape must not.
  const source = JSON.stringify(shape, (key, value: unknown) =>
    key === 'x-kubernetes-validations' ? undefined : value,
  );
  const present = into.get(title);
  if (present !== undefined && present.source !== source) {
    throw new Error(`two different schemas are titled ${title}`);
  }
  into.set(title, { schema: shape, source });
  return { $ref: `#/definitions/${title}` };
};

const asObject = (definition: KindDefinition, into: Definitions): void => {
  const { properties = {}, description } = definition.schema;
  into.set(definition.kind, {
    source: definition.kind,
    schema: {
      type: 'object',
      description,
      additionalProperties: false,
      required: ['apiVersion', 'kind', 'metadata', 'spec'],
      properties: {
        apiVersion: { const: API_VERSION },
        kind: { const: definition.kind },
        metadata: { tsType: 'ObjectMeta' },
        ...Object.fromEntries(
          Object.entries(properties).map(([name, value]) => [name, reference(value, into)]),
        ),
      },
    },
  });
};

const toReadonly = (source: string): string => {
  const file = ts.createSourceFile('types.ts', source, ts.ScriptTarget.ES2023, true);
  const readonly = ts.factory.createModifier(ts.SyntaxKind.ReadonlyKeyword);
  const { transformed } = ts.transform(file, [
    (context) => (root) => {
      const visit = (node: ts.Node): ts.Node => {
        const inner = ts.visitEachChild(node, visit, context);
        if (ts.isPropertySignature(inner))
          return ts.factory.updatePropertySignature(
            inner,
            [readonly],
            inner.name,
            inner.questionToken,
            inner.type,
          );
        if (ts.isIndexSignatureDeclaration(inner))
          return ts.factory.updateIndexSignature(inner, [readonly], inner.parameters, inner.type);
        if (ts.isArrayTypeNode(inner))
          return ts.factory.createTypeOperatorNode(ts.SyntaxKind.ReadonlyKeyword, inner);
        return inner;
      };
      return ts.visitEachChild(root, visit, context);
    },
  ]);
  const [result] = transformed;
  if (result === undefined) throw new Error('the types could not be transformed');
  return ts.createPrinter().printFile(result);
};

/** The text of crds/generated/types.ts, without its notice. */
export const renderTypes = async (kinds: readonly KindDefinition[]): Promise<string> => {
  const definitions: Definitions = new Map();
  for (const kind of kinds) asObject(kind, definitions);
  const compiled = await compile(
    {
      title: 'Types',
      type: 'object',
      additionalProperties: false,
      definitions: Object.fromEntries([...definitions].map(([name, { schema }]) => [name, schema])),
    },
    'Types',
    { bannerComment: '', ignoreMinAndMaxItems: true, unreachableDefinitions: true, format: false },
  );
  const own = toReadonly(compiled)
    .replace(/^export interface Types \{\s*\}\n/m, '')
    .replace(/^ \*\n \* This interface was referenced by .*\n.*\n/gm, '');
  return `import type { ObjectMeta } from '../object.js';\n\n${own}`;
};
