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
import { address, conditions, observedGeneration } from './shared.js';

const ZERO = { default: '0' };

const gpuRate = object('GpuRate', 'The price of one GPU of a model. The most exact match counts.', {
  vendor: text('For example nvidia.', 63, { minLength: 1, default: 'nvidia' }),
  model: text('For example h100, or * for every other model.', 128, { minLength: 1 }),
  ram: text('For example 80Gi, or * for any.', 16, {
    pattern: '^(\\*|[1-9][0-9]*[KMGT]i)$',
    default: '*',
  }),
  interface: oneOf('Or * for any.', ['*', 'pcie', 'sxm'], { default: '*' }),
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
      // A map list refuses a second rate for the same key.
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['vendor', 'model', 'ram', 'interface'],
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
  },
  {
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
    rates,
    floorUsdPerHour: usd('Least price of a whole order; a lower result is raised to it.'),
    ceilingUsdPerHour: usd('Most a whole order may cost; a dearer order is not bid on.'),
    minimumUactPerBlock: wholeAmount('Least price of a whole order per block, in uact.'),
    tenants: withDefaults(tenants),
  },
  {
    optional: ['blockTimeMs', 'floorUsdPerHour', 'ceilingUsdPerHour', 'minimumUactPerBlock'],
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
