/** Reads a price book from an object of decimal strings, as a PricingPolicy object's spec or a YAML file gives it. */
import { Decimal } from '../market/money.js';
import {
  decimalAt,
  eachAt,
  fieldsAt,
  integerAt,
  optional,
  positiveAt,
  present,
  PricingPolicyError,
  textAt,
  wordAt,
} from './parse-fields.js';
import { ratesAt } from './parse-rates.js';
import { costsAt, scarcityAt, timeWindowAt, utilisationAt } from './parse-rules.js';
import { selectorAt, tenantsAt } from './parse-selectors.js';
import { compileExpression, ExpressionError } from './price-expression.js';
import type { PriceExpression } from './price-expression.js';
import type { PricingPolicy } from './pricing-policy.js';

/** A twelfth of 365 days. */
const HOURS_PER_MONTH = new Decimal('730');

const FIELDS = [
  ...['denom', 'priority', 'appliesTo', 'rates', 'monthlyRates', 'hoursPerMonth', 'blockTimeMs'],
  ...['countEndpoints', 'utilisation', 'timeWindows', 'scarcity', 'costs', 'expression'],
  ...['floorUsdPerHour', 'ceilingUsdPerHour', 'minimumUactPerBlock', 'places', 'rounding'],
  'tenants',
];

const expressionAt = (value: unknown, path: string): PriceExpression => {
  try {
    return compileExpression(textAt(value, path));
  } catch (error) {
    if (error instanceof ExpressionError) throw new PricingPolicyError(path, error.message);
    throw error;
  }
};

const limitsAt = (
  fields: Readonly<Record<string, unknown>>,
): Pick<PricingPolicy, 'floorUsdPerHour' | 'ceilingUsdPerHour' | 'minimumUactPerBlock'> => {
  const at = (name: string): Decimal | undefined => optional(fields[name], name, decimalAt);
  const floorUsdPerHour = at('floorUsdPerHour');
  const ceilingUsdPerHour = at('ceilingUsdPerHour');
  if (
    floorUsdPerHour !== undefined &&
    ceilingUsdPerHour !== undefined &&
    floorUsdPerHour.gt(ceilingUsdPerHour)
  ) {
    const problem = `${ceilingUsdPerHour.toFixed()} is less than floorUsdPerHour ${floorUsdPerHour.toFixed()}, so no order could get a bid`;
    throw new PricingPolicyError('ceilingUsdPerHour', problem);
  }
  const minimumUactPerBlock = at('minimumUactPerBlock');
  return present({ floorUsdPerHour, ceilingUsdPerHour, minimumUactPerBlock });
};

/**
 * `spec` holds decimals as strings, never numbers: `{ rates: { cpuUsdPerHour: "0.01", … }, floorUsdPerHour: "0.05" }`.
 * Every rate must be given, unless there are `monthlyRates` beside; a resource that costs nothing says "0".
 * @throws PricingPolicyError naming the field
 */
export const parsePricingPolicy = (name: string, spec: unknown): PricingPolicy => {
  const fields = fieldsAt(spec, '', FIELDS);
  const hours = optional(fields['hoursPerMonth'], 'hoursPerMonth', positiveAt) ?? HOURS_PER_MONTH;
  optional(fields['denom'], 'denom', (v, p) => wordAt(v, p, ['uact']));
  return {
    name,
    rates: ratesAt(fields['rates'], fields['monthlyRates'], hours),
    ...limitsAt(fields),
    ...present({
      priority: optional(fields['priority'], 'priority', (v, p) => integerAt(v, p, -1000, 1000)),
      appliesTo: optional(fields['appliesTo'], 'appliesTo', selectorAt),
      blockTimeMs: optional(fields['blockTimeMs'], 'blockTimeMs', (v, p) =>
        integerAt(v, p, 50, 600_000),
      ),
      countEndpoints: optional(fields['countEndpoints'], 'countEndpoints', (v, p) =>
        wordAt(v, p, ['lease', 'replica']),
      ),
      utilisation: optional(fields['utilisation'], 'utilisation', utilisationAt),
      timeWindows: optional(fields['timeWindows'], 'timeWindows', (v, p) =>
        eachAt(v, p, timeWindowAt),
      ),
      scarcity: optional(fields['scarcity'], 'scarcity', scarcityAt),
      costs: optional(fields['costs'], 'costs', costsAt),
      expression: optional(fields['expression'], 'expression', expressionAt),
      places: optional(fields['places'], 'places', (v, p) => integerAt(v, p, 0, 18)),
      rounding: optional(fields['rounding'], 'rounding', (v, p) => wordAt(v, p, ['up', 'nearest'])),
    }),
    tenants: tenantsAt(fields['tenants'], 'tenants'),
  };
};
