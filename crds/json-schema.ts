/**
 * A small vocabulary for structural schemas, so that every string, list and map is born with a bound: the API server
 * rejects a definition whose validation rules could cost too much, and it prices unbounded fields as very large.
 */

/** One CEL rule (`x-kubernetes-validations`). Source: apiextensions.k8s.io/v1 ValidationRule. */
export interface CelRule {
  readonly rule: string;
  readonly message?: string;
  /** A CEL expression that yields the message; falls back to `message`. */
  readonly messageExpression?: string;
  /** Relative path of the field to blame, for example `.ceilingUsdPerHour`. */
  readonly fieldPath?: string;
  readonly reason?:
    'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
}

/** The part of JSON Schema that a structural schema may hold and that we use. */
export interface JsonSchema {
  /** On objects: the name of the generated TypeScript type. Not sent to the API server. */
  readonly title?: string;
  readonly description?: string;
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
}

type Extra = Partial<JsonSchema>;

/** A string of at most `maxLength` characters. */
export const text = (description: string, maxLength: number, extra: Extra = {}): JsonSchema => ({
  type: 'string',
  description,
  maxLength,
  ...extra,
});

/** One of a fixed set of words. */
export const oneOf = (
  description: string,
  words: readonly string[],
  extra: Extra = {},
): JsonSchema => ({
  type: 'string',
  description,
  enum: words,
  ...extra,
});

/** A whole number within bounds that a JSON number holds exactly. */
export const integer = (
  description: string,
  bounds: { readonly min: number; readonly max: number },
  extra: Extra = {},
): JsonSchema => ({
  type: 'integer',
  format: bounds.max > 2 ** 31 - 1 ? 'int64' : 'int32',
  description,
  minimum: bounds.min,
  maximum: bounds.max,
  ...extra,
});

/** How many of something: 0 to 2^31-1. */
export const count = (description: string): JsonSchema =>
  integer(description, { min: 0, max: 2 ** 31 - 1 });

export const flag = (description: string, extra: Extra = {}): JsonSchema => ({
  type: 'boolean',
  description,
  ...extra,
});

/** A chain uint64 as a decimal string: JSON numbers lose precision beyond 2^53. */
export const uint64 = (description: string): JsonSchema =>
  text(description, 20, {
    pattern: '^(0|[1-9][0-9]{0,19})$',
    'x-kubernetes-validations': [
      {
        // Equal lengths compare as numbers do, so the bound needs no conversion that could overflow.
        rule: "self.size() < 20 || self <= '18446744073709551615'",
        messageExpression: "'must be a uint64, got ' + self",
        reason: 'FieldValueInvalid',
      },
    ],
  });

/** Whole smallest units of a coin (uakt, uact), beyond uint64 if need be. */
export const wholeAmount = (description: string, extra: Extra = {}): JsonSchema =>
  text(description, 39, { pattern: '^(0|[1-9][0-9]{0,38})$', ...extra });

/** A non-negative decimal of at most 18 places, as the chain prints prices. */
export const chainDecimal = (description: string): JsonSchema =>
  text(description, 58, { pattern: '^[0-9]{1,39}(\\.[0-9]{1,18})?$' });

/** US dollars, non-negative, at most 9 places (what the API server's quantity library compares exactly). */
export const usd = (description: string, extra: Extra = {}): JsonSchema =>
  text(description, 22, { pattern: '^[0-9]{1,12}(\\.[0-9]{1,9})?$', ...extra });

/** An instant, RFC 3339. */
export const instant = (description: string): JsonSchema => ({
  type: 'string',
  format: 'date-time',
  description,
});

/** A list of at most `maxItems`, replaced as a whole by an apply. */
export const list = (
  description: string,
  items: JsonSchema,
  maxItems: number,
  extra: Extra = {},
): JsonSchema => ({
  type: 'array',
  description,
  items,
  maxItems,
  'x-kubernetes-list-type': 'atomic',
  ...extra,
});

/**
 * A map from strings to `values`, replaced as a whole by an apply. Were its keys owned one by one, an apply without the last
 * of them would make the API server store null, and refuse it (kubernetes/kubernetes#117447).
 */
export const map = (
  description: string,
  values: JsonSchema,
  maxProperties: number,
): JsonSchema => ({
  type: 'object',
  description,
  additionalProperties: values,
  maxProperties,
  'x-kubernetes-map-type': 'atomic',
});

/** An object; every property is required except those named in `optional`. */
export const object = (
  title: string,
  description: string,
  properties: Readonly<Record<string, JsonSchema>>,
  options: { readonly optional?: readonly string[]; readonly extra?: Extra } = {},
): JsonSchema => {
  const required = Object.keys(properties).filter((p) => !(options.optional ?? []).includes(p));
  return {
    title,
    type: 'object',
    description,
    properties,
    ...(required.length > 0 ? { required } : {}),
    ...options.extra,
  };
};

/** The same object schema, absent meaning: every property that has a default takes it. */
export const withDefaults = (schema: JsonSchema): JsonSchema => ({
  ...schema,
  default: Object.fromEntries(
    Object.entries(schema.properties ?? {})
      .filter(([, property]) => property.default !== undefined)
      .map(([name, property]) => [name, property.default]),
  ),
});

/** A validation that freezes a field once it is set. */
export const immutable = (name: string): CelRule => ({
  rule: 'self == oldSelf',
  message: `${name} is immutable`,
  reason: 'FieldValueForbidden',
});

/** The same schema with one more validation. */
export const withRule = (schema: JsonSchema, ...rules: readonly CelRule[]): JsonSchema => ({
  ...schema,
  'x-kubernetes-validations': [...(schema['x-kubernetes-validations'] ?? []), ...rules],
});
