/** An explanation as JSON for people and programs: amounts are texts, so that nothing is rounded on the way. */
import { formatOrderId } from '../market/ids.js';
import { Decimal } from '../market/money.js';
import type { Explanation } from './explain.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const json = (value: unknown): Json => {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Decimal) return value.toFixed();
  if (Array.isArray(value)) return value.map(json);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .map(([key, part]) => [key, json(part)]),
    );
  }
  return (value ?? null) as Json;
};

/** What `berth explain` shows and the operator's screening service answers; docs/pricing.md describes the fields. */
export const explanationJson = (explanation: Explanation): Readonly<Record<string, Json>> => {
  const { decision, checks, placement, placedBy, quote, policies } = explanation;
  return {
    order: formatOrderId(decision.orderId),
    result: decision.type,
    reasons: json(decision.type === 'skip' ? decision.reasons : []),
    checks: checks.map(({ name, reason }) => ({
      name,
      passed: reason === undefined,
      ...(reason === undefined ? {} : { reason: json(reason) }),
    })),
    placement: json(placement ?? []),
    placedBy,
    quote:
      quote === undefined
        ? null
        : json({
            price: quote.price,
            usdPerHour: quote.usdPerHour,
            policy: quote.policy,
            raisedTo: quote.raisedTo,
            terms: quote.breakdown,
          }),
    policies: json(policies),
    ...(decision.type === 'bid'
      ? { offer: json(decision.offer), deposit: json(decision.deposit) }
      : {}),
  };
};
