/** Which of several price books prices an order: the highest priority of those that apply, then the first by name. */
import { missingAttributes } from '../market/attributes.js';
import type { GpuModel } from '../market/gpu.js';
import type { Order } from '../market/records.js';
import { isOfKind, kindWords } from './gpu-kind.js';
import type { PricingPolicy } from './pricing-policy.js';

const sorted = new WeakMap<readonly PricingPolicy[], readonly PricingPolicy[]>();

/** In order of precedence. */
export const byPrecedence = (policies: readonly PricingPolicy[]): readonly PricingPolicy[] => {
  if (policies.length < 2) return policies;
  let list = sorted.get(policies);
  if (list === undefined) {
    list = [...policies].sort(
      (a, b) => (b.priority ?? 0) - (a.priority ?? 0) || (a.name < b.name ? -1 : 1),
    );
    sorted.set(policies, list);
  }
  return list;
};

/** Why a book cannot price the order whatever GPUs it gets, or `undefined`. */
const refusesOrder = ({ appliesTo }: PricingPolicy, order: Order): string | undefined => {
  if (appliesTo === undefined) return undefined;
  if (appliesTo.tenants?.includes(order.id.owner) === false) {
    return `applies to other tenants than ${order.id.owner}`;
  }
  const missing = missingAttributes(appliesTo.attributes ?? [], order.spec.requirements.attributes);
  return missing.length === 0
    ? undefined
    : `applies to orders that require ${missing.map((a) => `${a.key}=${a.value}`).join(', ')}`;
};

const refusesGpus = (
  { appliesTo }: PricingPolicy,
  gpus: readonly GpuModel[],
): string | undefined => {
  const kinds = appliesTo?.gpus;
  if (kinds === undefined || gpus.some((gpu) => kinds.some((kind) => isOfKind(kind, gpu)))) {
    return undefined;
  }
  return `applies to orders that get ${kinds.map(kindWords).join(' or ')}`;
};

/** The books that could price the order, whatever GPUs it gets, in order of precedence. */
export const candidatePolicies = (
  policies: readonly PricingPolicy[],
  order: Order,
): readonly PricingPolicy[] =>
  byPrecedence(policies).filter((p) => refusesOrder(p, order) === undefined);

/** The book that prices the order with these GPUs; `undefined` when none applies. */
export const policyFor = (
  policies: readonly PricingPolicy[],
  order: Order,
  gpus: readonly GpuModel[],
): PricingPolicy | undefined =>
  byPrecedence(policies).find(
    (p) => refusesOrder(p, order) === undefined && refusesGpus(p, gpus) === undefined,
  );

/** What became of one book in the choice, for explanations. */
export interface ConsideredPolicy {
  readonly name: string;
  readonly priority: number;
  readonly outcome: 'prices' | 'outranked' | 'does not apply';
  readonly why: string;
}

/** Every book with what became of it, in order of precedence. */
export const explainPolicies = (
  policies: readonly PricingPolicy[],
  order: Order,
  gpus: readonly GpuModel[],
): readonly ConsideredPolicy[] => {
  const winner = policyFor(policies, order, gpus);
  return byPrecedence(policies).map((policy) => {
    const { name, priority = 0 } = policy;
    if (policy === winner) {
      const why = 'it applies, and no other that does comes before it';
      return { name, priority, outcome: 'prices', why };
    }
    const refusal = refusesOrder(policy, order) ?? refusesGpus(policy, gpus);
    return refusal === undefined
      ? { name, priority, outcome: 'outranked', why: `${winner?.name ?? 'another'} comes first` }
      : { name, priority, outcome: 'does not apply', why: refusal };
  });
};
