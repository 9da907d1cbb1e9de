/** Reads the rules of a price book that change its rates: curves, windows, scarcity, costs. */
import { Decimal } from '../market/money.js';
import {
  below,
  boundedAt,
  decimalAt,
  eachAt,
  fieldsAt,
  integerAt,
  positiveAt,
  PricingPolicyError,
  textAt,
} from './parse-fields.js';
import { GPU_KIND_FIELDS, gpuKindOf, refuseRepeats } from './parse-rates.js';
import { isTimeZone } from './price-windows.js';
import { CURVES } from './pricing-policy.js';
import type { Costs, Curve, CurvePoint, GpuCost, Scarcity, TimeWindow } from './pricing-policy.js';

const pointsAt = (value: unknown, path: string): readonly CurvePoint[] => {
  const points = eachAt(value, path, (item, at) => {
    const fields = fieldsAt(item, at, ['percent', 'multiplier']);
    return {
      percent: new Decimal(String(integerAt(fields['percent'], `${at}.percent`, 0, 100))),
      multiplier: positiveAt(fields['multiplier'], `${at}.multiplier`),
    };
  });
  for (const [i, point] of points.entries()) {
    const before = points[i - 1];
    if (before === undefined) continue;
    if (point.percent.lte(before.percent)) {
      throw new PricingPolicyError(`${path}[${i}].percent`, 'must be above the point before it');
    }
    if (point.multiplier.lt(before.multiplier)) {
      const problem = `must not be less than at ${before.percent.toFixed()} %: more free capacity must never make an order dearer`;
      throw new PricingPolicyError(`${path}[${i}].multiplier`, problem);
    }
  }
  return points;
};

/** Curves over the share in use. */
export const utilisationAt = (
  value: unknown,
  path: string,
): Readonly<Partial<Record<Curve, readonly CurvePoint[]>>> => {
  const fields = fieldsAt(value, path, CURVES);
  const curves: Partial<Record<Curve, readonly CurvePoint[]>> = {};
  for (const curve of CURVES) {
    if (fields[curve] !== undefined) curves[curve] = pointsAt(fields[curve], below(path, curve));
  }
  return curves;
};

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const EVERY_DAY = DAYS.map((_, i) => i);

const dayAt = (value: unknown, path: string): number => {
  const day = DAYS.findIndex((d) => d === value);
  if (day >= 0) return day;
  throw new PricingPolicyError(
    path,
    `must be one of ${DAYS.join(', ')}, got ${JSON.stringify(value)}`,
  );
};

/** Minutes after midnight of `22:30`; `24:00` ends a day. */
const minuteAt = (value: unknown, path: string): number => {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/.exec(textAt(value, path));
  if (match === null) {
    throw new PricingPolicyError(
      path,
      `must be a time of day such as 22:30, got ${JSON.stringify(value)}`,
    );
  }
  return match[1] === undefined ? 1_440 : Number(match[1]) * 60 + Number(match[2]);
};

/** Windows by wall clock. */
export const timeWindowAt = (value: unknown, path: string): TimeWindow => {
  const known = ['name', 'timeZone', 'days', 'from', 'to', 'multiplier'];
  const fields = fieldsAt(value, path, known);
  const timeZone = textAt(fields['timeZone'], `${path}.timeZone`);
  if (!isTimeZone(timeZone)) {
    const problem = `must be an IANA time zone such as Europe/Berlin, got "${timeZone}"`;
    throw new PricingPolicyError(`${path}.timeZone`, problem);
  }
  return {
    name: textAt(fields['name'], `${path}.name`),
    timeZone,
    days: fields['days'] === undefined ? EVERY_DAY : eachAt(fields['days'], `${path}.days`, dayAt),
    from: minuteAt(fields['from'], `${path}.from`),
    to: minuteAt(fields['to'], `${path}.to`),
    multiplier: positiveAt(fields['multiplier'], `${path}.multiplier`),
  };
};

/** What the last whole nodes cost more. */
export const scarcityAt = (value: unknown, path: string): Scarcity => {
  const fields = fieldsAt(value, path, ['nodeGpus', 'steps']);
  const steps = eachAt(fields['steps'], `${path}.steps`, (item, at) => {
    const step = fieldsAt(item, at, ['wholeNodesLeft', 'multiplier']);
    return {
      wholeNodesLeft: integerAt(step['wholeNodesLeft'], `${at}.wholeNodesLeft`, 1, 10_000),
      multiplier: boundedAt(step['multiplier'], `${at}.multiplier`, { min: '1' }),
    };
  });
  for (const [i, step] of steps.entries()) {
    const before = steps[i - 1];
    if (before === undefined) continue;
    if (step.wholeNodesLeft <= before.wholeNodesLeft) {
      const problem = 'must be more than in the step before it';
      throw new PricingPolicyError(`${path}.steps[${i}].wholeNodesLeft`, problem);
    }
    if (step.multiplier.gt(before.multiplier)) {
      const problem = `must not be more than with ${before.wholeNodesLeft} left: what is less scarce is not dearer`;
      throw new PricingPolicyError(`${path}.steps[${i}].multiplier`, problem);
    }
  }
  return { nodeGpus: integerAt(fields['nodeGpus'], `${path}.nodeGpus`, 2, 64), steps };
};

const gpuCostAt = (value: unknown, path: string): GpuCost => {
  const fields = fieldsAt(value, path, [...GPU_KIND_FIELDS, 'watts', 'capexUsd', 'lifeMonths']);
  const months = integerAt(fields['lifeMonths'], `${path}.lifeMonths`, 1, 600);
  return {
    ...gpuKindOf(fields, path),
    watts: decimalAt(fields['watts'], `${path}.watts`),
    capexUsd: decimalAt(fields['capexUsd'], `${path}.capexUsd`),
    lifeMonths: new Decimal(String(months)),
  };
};

/** What GPUs cost their owner. */
export const costsAt = (value: unknown, path: string): Costs => {
  const fields = fieldsAt(value, path, ['usdPerKwh', 'siteOverhead', 'gpus']);
  const gpus = eachAt(fields['gpus'], `${path}.gpus`, gpuCostAt);
  refuseRepeats(gpus.map((kind, i) => [`${path}.gpus[${i}]`, kind]));
  const overhead = fields['siteOverhead'] ?? '1';
  return {
    usdPerKwh: decimalAt(fields['usdPerKwh'], `${path}.usdPerKwh`),
    siteOverhead: boundedAt(overhead, `${path}.siteOverhead`, { min: '1', max: '10' }),
    gpus,
  };
};
