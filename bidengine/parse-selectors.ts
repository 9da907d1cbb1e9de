/** Reads whom a price book is for: tenants, discounts and the orders it applies to. */
import type { Decimal } from '../market/money.js';
import {
  boundedAt,
  eachAt,
  fieldsAt,
  optional,
  present,
  PricingPolicyError,
  textAt,
} from './parse-fields.js';
import { GPU_KIND_FIELDS, gpuKindOf } from './parse-rates.js';
import type { PolicySelector, TenantRules } from './pricing-policy.js';

const attributeAt = (value: unknown, path: string): { key: string; value: string } => {
  const fields = fieldsAt(value, path, ['key', 'value']);
  return {
    key: textAt(fields['key'], `${path}.key`),
    value: textAt(fields['value'], `${path}.value`),
  };
};

/** A part that is there and empty would apply to nothing, which nobody means. */
const someAt =
  <T>(read: (item: unknown, path: string) => T) =>
  (value: unknown, path: string): readonly T[] => {
    const list = eachAt(value, path, read);
    if (list.length > 0) return list;
    throw new PricingPolicyError(path, 'must not be empty; leave it out to apply to every order');
  };

/** Which orders a book may price. */
export const selectorAt = (value: unknown, path: string): PolicySelector => {
  const fields = fieldsAt(value, path, ['gpus', 'tenants', 'attributes']);
  const kindAt = (item: unknown, at: string): ReturnType<typeof gpuKindOf> =>
    gpuKindOf(fieldsAt(item, at, GPU_KIND_FIELDS), at);
  return present({
    gpus: optional(fields['gpus'], `${path}.gpus`, someAt(kindAt)),
    tenants: optional(fields['tenants'], `${path}.tenants`, someAt(textAt)),
    attributes: optional(fields['attributes'], `${path}.attributes`, someAt(attributeAt)),
  });
};

const discountsAt = (value: unknown, path: string): ReadonlyMap<string, Decimal> => {
  const discounts = new Map<string, Decimal>();
  eachAt(value, path, (item, at) => {
    const fields = fieldsAt(item, at, ['tenant', 'percent']);
    const tenant = textAt(fields['tenant'], `${at}.tenant`);
    if (discounts.has(tenant)) {
      throw new PricingPolicyError(`${at}.tenant`, `${tenant} already has a discount`);
    }
    discounts.set(tenant, boundedAt(fields['percent'], `${at}.percent`, { max: '100' }));
  });
  return discounts;
};

/** Who may buy, and who pays less. */
export const tenantsAt = (value: unknown, path: string): TenantRules => {
  const fields = fieldsAt(value ?? {}, path, ['allow', 'deny', 'discounts']);
  return {
    allow: eachAt(fields['allow'], `${path}.allow`, textAt),
    deny: eachAt(fields['deny'], `${path}.deny`, textAt),
    ...present({ discounts: optional(fields['discounts'], `${path}.discounts`, discountsAt) }),
  };
};
