/** PricingPolicy: a price book in US dollars per hour. */
import { AGE, conditionColumn } from '../definition.js';
import type { KindDefinition } from '../definition.js';
import {
  integer,
  list,
  map,
  object,
  oneOf,
  text,
  usd,
  wholeAmount,
  withDefaults,
} from '../json-schema.js';
import {
  byGpuKind,
  costs,
  gpuKind,
  monthlyRates,
  policySelector,
  scarcity,
  tenantDiscount,
  timeWindow,
  utilisation,
} from './pricing-rules.js';
import { address, conditions, observedGeneration } from './shared.js';

const ZERO = { default: '0' };

const gpuRate = object('GpuRate', 'The price of one GPU of a model. The most exact match counts.', {
  ...gpuKind,
  usdPerHour: usd('US dollars per GPU and hour.'),
});

const rates = object(
  'Rates',
  'US dollars per hour.',
  {
    cpuUsdPerHour: usd('Per vCPU (1000 milli-CPU).', ZERO),
    memoryGibUsdPerHour: usd('Per GiB of memory.', ZERO),
    storageGibUsdPerHour: map(
      'Per GiB of storage by class: `ephemeral`, or a persistent class such as beta2 or beta3. An order for a class without a rate is not bid on.',
      usd('Per GiB.'),
      32,
    ),
    endpointUsdPerHour: usd('Per endpoint on a shared address.', ZERO),
    leasedIpUsdPerHour: usd('Per leased IP address.', ZERO),
    gpus: list('Per GPU, by model. A model without a rate is not bid on.', gpuRate, 64, {
      default: [],
      ...byGpuKind,
    }),
  },
  { optional: ['storageGibUsdPerHour'] },
);

const tenants = object(
  'TenantRules',
  'Who may buy.',
  {
    allow: list('Only these tenants, when not empty.', address('Tenant.'), 256, {
      'x-kubernetes-list-type': 'set',
      default: [],
    }),
    deny: list('Never these tenants.', address('Tenant.'), 256, {
      'x-kubernetes-list-type': 'set',
      default: [],
    }),
    discounts: list('Tenants who pay less; no floor is broken by it.', tenantDiscount, 256, {
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['tenant'],
    }),
  },
  {
    optional: ['discounts'],
    extra: {
      'x-kubernetes-validations': [
        {
          rule: '!self.allow.exists(a, a in self.deny)',
          message: 'a tenant is allowed and denied at once',
          fieldPath: '.deny',
        },
      ],
    },
  },
);

const spec = object(
  'PricingPolicySpec',
  'The price book.',
  {
    denom: oneOf('Denomination of bids.', ['uact'], { default: 'uact' }),
    blockTimeMs: integer('Block time used for conversion; absent to measure it.', {
      min: 50,
      max: 600_000,
    }),
    priority: integer(
      'Of the books that apply to an order the one with the highest priority prices it; of equals the first by name.',
      { min: -1000, max: 1000 },
    ),
    appliesTo: policySelector,
    rates,
    monthlyRates,
    hoursPerMonth: usd('Hours of a month in monthly rates; absent for 730.'),
    countEndpoints: oneOf(
      'Whether endpoints and leased addresses count once per lease (the default) or once per replica, as price scripts count.',
      ['lease', 'replica'],
    ),
    utilisation,
    timeWindows: list(
      'Multiplies every price by wall clock; the first that holds counts.',
      timeWindow,
      32,
    ),
    scarcity,
    costs,
    expression: text(
      'A CEL expression that has the last word on the price, floors and ceiling aside; it yields a Decimal, US dollars per hour.',
      2048,
      { minLength: 1 },
    ),
    places: integer('Decimal places of a price per block; absent for 6.', { min: 0, max: 18 }),
    rounding: oneOf('How a price per block is rounded; absent for up.', ['up', 'nearest']),
    floorUsdPerHour: usd('Least price of a whole order; a lower result is raised to it.'),
    ceilingUsdPerHour: usd('Most a whole order may cost; a dearer order is not bid on.'),
    minimumUactPerBlock: wholeAmount('Least price of a whole order per block, in uact.'),
    tenants: withDefaults(tenants),
  },
  {
    optional: [
      ...['priority', 'appliesTo', 'monthlyRates', 'hoursPerMonth', 'blockTimeMs'],
      ...['countEndpoints', 'utilisation', 'timeWindows', 'scarcity', 'costs', 'expression'],
      ...['places', 'rounding', 'floorUsdPerHour', 'ceilingUsdPerHour', 'minimumUactPerBlock'],
    ],
    extra: {
      'x-kubernetes-validations': [
        {
          rule: '!has(self.floorUsdPerHour) || !has(self.ceilingUsdPerHour) || quantity(self.floorUsdPerHour).compareTo(quantity(self.ceilingUsdPerHour)) <= 0',
          messageExpression:
            "'ceilingUsdPerHour ' + self.ceilingUsdPerHour + ' is below floorUsdPerHour ' + self.floorUsdPerHour",
          message: 'ceilingUsdPerHour is below floorUsdPerHour',
          fieldPath: '.ceilingUsdPerHour',
        },
      ],
    },
  },
);

const status = object(
  'PricingPolicyStatus',
  'Whether the price book is in use.',
  {
    observedGeneration,
    conditions: conditions('Ready'),
    gpuFloorUsdPerHour: usd('The cheapest GPU rate.'),
  },
  { optional: ['observedGeneration', 'conditions', 'gpuFloorUsdPerHour'] },
);

export const pricingPolicy: KindDefinition = {
  kind: 'PricingPolicy',
  shortNames: ['bpp'],
  schema: object(
    'PricingPolicy',
    'What the cluster costs, in US dollars per hour.',
    { spec, status },
    {
      optional: ['status'],
    },
  ),
  columns: [
    conditionColumn('Ready'),
    { name: 'Priority', type: 'integer', jsonPath: '.spec.priority' },
    { name: 'Denom', type: 'string', jsonPath: '.spec.denom' },
    { name: 'GPU-Floor', type: 'string', jsonPath: '.status.gpuFloorUsdPerHour' },
    { name: 'Floor', type: 'string', jsonPath: '.spec.floorUsdPerHour', wide: true },
    { name: 'Ceiling', type: 'string', jsonPath: '.spec.ceilingUsdPerHour', wide: true },
    {
      name: 'Status',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].message',
      wide: true,
    },
    AGE,
  ],
  selectableFields: ['.spec.denom'],
};
