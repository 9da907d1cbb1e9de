/** From a kind's description to its CustomResourceDefinition. */
import { CATEGORY, GROUP, RESOURCES, VERSION } from './constants.js';
import type { BerthKind } from './constants.js';
import type { JsonSchema } from './json-schema.js';

/** One column of `kubectl get`; `wide` ones show with `-o wide` only. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
  readonly wide?: boolean;
}

/** A kind of ours: everything that differs between two of them. */
export interface KindDefinition {
  readonly kind: BerthKind;
  readonly shortNames: readonly string[];
  /** An object schema with title = kind and properties `spec` and `status`. */
  readonly schema: JsonSchema;
  readonly columns: readonly PrinterColumn[];
  /** Scalar fields that `--field-selector` accepts, for example `.spec.leaseId.owner`. */
  readonly selectableFields: readonly string[];
}

/** AGE, last in every table. */
export const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
};

/** Column with a condition's status. */
export const conditionColumn = (type: string): PrinterColumn => ({
  name: type,
  type: 'string',
  jsonPath: `.status.conditions[?(@.type=="${type}")].status`,
});

const mapValues = <A, B>(
  from: Readonly<Record<string, A>>,
  change: (value: A) => B,
): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]));

/** A title names a generated type; the API server need not carry it. */
const withoutTitles = (schema: JsonSchema): JsonSchema => {
  const { title: _, properties, items, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(properties === undefined ? {} : { properties: mapValues(properties, withoutTitles) }),
    ...(items === undefined ? {} : { items: withoutTitles(items) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: withoutTitles(additionalProperties) }),
  };
};

const rootSchema = (definition: KindDefinition): JsonSchema => {
  const schema = withoutTitles(definition.schema);
  return {
    ...schema,
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...schema.properties,
    },
    required: ['spec'],
  };
};

/** The CustomResourceDefinition (apiextensions.k8s.io/v1) of a kind, as a plain object ready for YAML. */
export const customResourceDefinition = (definition: KindDefinition): object => {
  const plural = RESOURCES[definition.kind];
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Cluster',
      names: {
        kind: definition.kind,
        listKind: `${definition.kind}List`,
        plural,
        singular: definition.kind.toLowerCase(),
        categories: [CATEGORY],
        ...(definition.shortNames.length > 0 ? { shortNames: definition.shortNames } : {}),
      },
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: definition.columns.map((column) => ({
            name: column.name,
            type: column.type,
            jsonPath: column.jsonPath,
            ...(column.description === undefined ? {} : { description: column.description }),
            ...(column.wide === true ? { priority: 1 } : {}),
          })),
          selectableFields: definition.selectableFields.map((jsonPath) => ({ jsonPath })),
          schema: { openAPIV3Schema: rootSchema(definition) },
        },
      ],
    },
  };
};
