/**
 * The shape of a manifest. Each default is the zero value that Go's encoding/json would leave in a missing field, and
 * what its `omitempty` would drop becomes `undefined`: the parsed value then hashes as the Akash provider's structs do.
 * Sources: jsontags of akash.manifest.v2beta3 and akash.base.resources.v1beta4.
 */
import { z } from 'zod';
import type { Attribute } from '../market/attributes.js';
import type { Manifest } from './manifest.js';

const UINT32_MAX = 2 ** 32 - 1;
const INT64_MAX = 2n ** 63n - 1n;

/** JSON null leaves a Go field at its zero value. */
const orZero = <T>(type: z.ZodType<T>, zero: T) =>
  type.nullish().transform((value) => value ?? zero);

const text = orZero(z.string(), '');
const flag = orZero(z.boolean(), false);
const uint32 = orZero(z.int().min(0).max(UINT32_MAX), 0);
const texts = z.array(z.string()).nullable().default(null);

/** `omitempty`: an empty list is dropped. */
const omitEmpty = <T>(item: z.ZodType<T>) =>
  z
    .array(item)
    .nullish()
    .transform((list) => (list === null || list?.length === 0 ? undefined : list));

/** `omitempty` of a pointer. */
const optional = <T>(type: z.ZodType<T>) => type.nullish().transform((value) => value ?? undefined);

const quantity = z.object({
  val: z
    .string()
    // Aborts, because zod goes on to the next check otherwise, and BigInt throws on what is no number.
    .regex(/^(0|[1-9]\d{0,18})$/, {
      error: 'must be a whole number as text, such as "1000"',
      abort: true,
    })
    .refine((digits) => BigInt(digits) <= INT64_MAX, 'must fit an int64'),
});

const attribute: z.ZodType<Attribute> = z.object({ key: z.string(), value: z.string() });
const attributes = omitEmpty(attribute);

const resources = z.object({
  id: uint32,
  cpu: optional(z.object({ units: quantity, attributes })),
  memory: optional(z.object({ size: quantity, attributes })),
  storage: omitEmpty(z.object({ name: text, size: quantity, attributes })),
  gpu: optional(z.object({ units: quantity, attributes })),
  endpoints: z
    .array(
      z.object({
        kind: uint32.transform((kind) => (kind === 0 ? undefined : kind)),
        sequence_number: uint32,
      }),
    )
    .nullable()
    .default(null),
});

const NO_HTTP_OPTIONS = {
  maxBodySize: 0,
  readTimeout: 0,
  sendTimeout: 0,
  nextTries: 0,
  nextTimeout: 0,
  nextCases: undefined,
  proxyBufferSize: undefined,
};

const httpOptions = z.object({
  maxBodySize: uint32,
  readTimeout: uint32,
  sendTimeout: uint32,
  nextTries: uint32,
  nextTimeout: uint32,
  nextCases: omitEmpty(z.string()),
  proxyBufferSize: uint32.transform((size) => (size === 0 ? undefined : size)),
});

const expose = z.object({
  port: uint32,
  externalPort: uint32,
  proto: text,
  service: text,
  global: flag,
  hosts: texts,
  httpOptions: orZero(httpOptions, NO_HTTP_OPTIONS),
  ip: text,
  endpointSequenceNumber: uint32,
});

const credentials = z.object({ host: text, email: text, username: text, password: text });

const params = z.object({
  storage: z
    .array(z.object({ name: text, mount: text, readOnly: flag }))
    .nullable()
    .default(null),
  credentials: optional(credentials),
  permissions: optional(z.object({ read: omitEmpty(z.string()) })),
  tee: optional(z.object({ type: text, attestation: flag })),
});

const service = z.object({
  name: text,
  image: text,
  command: texts,
  args: texts,
  env: texts,
  resources,
  count: uint32,
  expose: z.array(expose).nullable().default(null),
  params: optional(params),
  credentials: credentials.nullable().default(null),
});

/** Unknown fields are dropped. */
export const manifestSchema: z.ZodType<Manifest> = z.array(
  z.object({ name: text, services: z.array(service).nullable().default(null) }),
);
