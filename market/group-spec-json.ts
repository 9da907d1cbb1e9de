/** What a group asks for as readable JSON: whole numbers and amounts are strings, so that nothing is rounded on the way. */
import { z } from 'zod';
import { Decimal, parseDecimal } from './money.js';
import type { DecCoin } from './money.js';
import type { GroupSpec } from './resources.js';

const whole = z
  .string()
  .regex(/^\d{1,40}$/, 'must be a whole number as text')
  .transform((text) => BigInt(text));
const attribute = z.strictObject({ key: z.string(), value: z.string() });
const attributes = z.array(attribute);

/** A coin with its price per block as text. @throws never: a wrong amount is an issue of the parse */
export const coinSchema = z
  .strictObject({ denom: z.string(), amount: z.string().regex(/^\d{1,60}(\.\d{1,18})?$/) })
  .transform(({ denom, amount }): DecCoin => ({ denom, amount: parseDecimal(amount) }));

/** The resources of one replica, as a group's JSON has them. */
export const resourcesSchema = z.strictObject({
  id: z.number().int(),
  cpu: z.strictObject({ milliCpu: whole, attributes }),
  memory: z.strictObject({ quantityBytes: whole, attributes }),
  storage: z.array(z.strictObject({ name: z.string(), quantityBytes: whole, attributes })),
  gpu: z.strictObject({ units: whole, attributes }),
  endpoints: z.array(
    z.strictObject({
      kind: z.enum(['SHARED_HTTP', 'RANDOM_PORT', 'LEASED_IP']),
      sequenceNumber: z.number().int(),
    }),
  ),
});

/** Parses what {@link groupSpecJson} made. */
export const groupSpecSchema: z.ZodType<GroupSpec> = z.strictObject({
  name: z.string(),
  requirements: z.strictObject({
    signedBy: z.strictObject({ allOf: z.array(z.string()), anyOf: z.array(z.string()) }),
    attributes,
  }),
  units: z.array(
    z.strictObject({ resources: resourcesSchema, count: z.number().int(), price: coinSchema }),
  ),
});

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const json = (value: unknown): Json => {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Decimal) return value.toFixed();
  if (Array.isArray(value)) return value.map(json);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, json(part)]));
  }
  return value as Json;
};

/** The JSON value of a group. */
export const groupSpecJson = (spec: GroupSpec): Json => json(spec);
