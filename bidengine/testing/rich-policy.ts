/** Random price books with every rule, near enough to each other and to the orders that each of them matters. */
import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { CurvePoint, PricingPolicy } from '../pricing-policy.js';
import { compileExpression } from '../price-expression.js';
import { aPolicy, dec } from './input-builder.js';
import { TENANT } from './order-builder.js';

const curve: Arbitrary<readonly CurvePoint[]> = fc
  .tuple(
    fc.integer({ min: 0, max: 50 }),
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 50, max: 150 }),
    fc.integer({ min: 0, max: 200 }),
  )
  .map(([from, run, low, rise]) => [
    { percent: dec(String(from)), multiplier: dec(String(low / 100)) },
    { percent: dec(String(from + run)), multiplier: dec(String((low + rise) / 100)) },
  ]);

const window = {
  name: 'day',
  timeZone: 'America/New_York',
  days: [1, 2, 3],
  from: 480,
  to: 1200,
  multiplier: dec('1.3'),
};

const scarcity: NonNullable<PricingPolicy['scarcity']> = {
  nodeGpus: 3,
  steps: [
    { wholeNodesLeft: 1, multiplier: dec('2.5') },
    { wholeNodesLeft: 2, multiplier: dec('1.4') },
  ],
};

/** Rises with the price and with nothing else, as a book that wants to keep the promises of price and capacity must. */
const RISING = compileExpression('price < dec("1") ? price * dec("1.1") : price + dec("0.1")');

/** Every rule but scarcity and selectors by GPU. */
export const curvedPolicies: Arbitrary<PricingPolicy> = fc
  .record({
    gpuModel: fc.option(curve, { nil: undefined }),
    gpu: fc.option(curve, { nil: undefined }),
    cpu: fc.option(curve, { nil: undefined }),
    memory: fc.option(curve, { nil: undefined }),
    windows: fc.boolean(),
    watts: fc.constantFrom(undefined, '0', '400', '90000'),
    discount: fc.constantFrom(undefined, '0', '12.5', '100'),
    floor: fc.constantFrom(undefined, '0.01', '1'),
    minimum: fc.constantFrom('0', '5', '700.5'),
    ceiling: fc.constantFrom(undefined, '3', '30'),
    places: fc.constantFrom(undefined, 0, 6, 18),
    rounding: fc.constantFrom('up' as const, 'nearest' as const),
    expression: fc.boolean(),
    countEndpoints: fc.constantFrom('lease' as const, 'replica' as const),
  })
  .map((r) =>
    aPolicy(
      {},
      {
        utilisation: {
          gpuModel: r.gpuModel ?? [],
          gpu: r.gpu ?? [],
          cpu: r.cpu ?? [],
          memory: r.memory ?? [],
        },
        ...(r.windows ? { timeWindows: [window] } : {}),
        ...(r.watts === undefined
          ? {}
          : {
              costs: {
                usdPerKwh: dec('0.2'),
                siteOverhead: dec('1.2'),
                gpus: [
                  {
                    ...{ vendor: 'nvidia', model: '*', watts: dec(r.watts) },
                    ...{ capexUsd: dec('1000'), lifeMonths: dec('36') },
                  },
                ],
              },
            }),
        ...(r.floor === undefined ? {} : { floorUsdPerHour: dec(r.floor) }),
        ...(r.ceiling === undefined ? {} : { ceilingUsdPerHour: dec(r.ceiling) }),
        minimumUactPerBlock: dec(r.minimum),
        places: r.places,
        rounding: r.rounding,
        countEndpoints: r.countEndpoints,
        ...(r.expression ? { expression: RISING } : {}),
        tenants: {
          allow: [],
          deny: [],
          discounts: r.discount === undefined ? undefined : new Map([[TENANT, dec(r.discount)]]),
        },
      },
    ),
  );

/** With scarcity too. */
export const richPolicies: Arbitrary<PricingPolicy> = curvedPolicies.map((policy) => ({
  ...policy,
  scarcity,
}));

/** Two or three books of which some are for some GPUs, tenants or attributes only. */
export const policySets: Arbitrary<readonly PricingPolicy[]> = fc
  .tuple(richPolicies, richPolicies, richPolicies, fc.integer({ min: 0, max: 7 }))
  .map(([base, ofModel, ofTenant, which]) => [
    { ...base, name: 'base' },
    ...(which & 1
      ? [
          {
            ...ofModel,
            name: 'h100',
            priority: 1,
            appliesTo: { gpus: [{ vendor: 'nvidia', model: 'h100' }] },
          },
        ]
      : []),
    ...(which & 2
      ? [
          {
            ...ofTenant,
            name: 'tenant',
            priority: which & 4 ? 2 : 0,
            appliesTo: { tenants: [TENANT] },
          },
        ]
      : []),
  ]);
