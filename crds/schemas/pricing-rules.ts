/** The rules of a PricingPolicy beside its hourly rates: for whom, when, how full, how scarce, at what cost. */
import type { JsonSchema } from '../json-schema.js';
import { integer, list, map, object, oneOf, text, usd } from '../json-schema.js';
import { address } from './shared.js';

/** The four fields that name a kind of GPU. */
export const gpuKind = {
  vendor: text('For example nvidia, or * for any.', 63, { minLength: 1, default: 'nvidia' }),
  model: text('For example h100, or * for every other model.', 128, { minLength: 1 }),
  ram: text('For example 80Gi, or * for any.', 16, {
    pattern: '^(\\*|[1-9][0-9]*[KMGT]i)$',
    default: '*',
  }),
  interface: oneOf('Or * for any.', ['*', 'pcie', 'sxm'], { default: '*' }),
};

/** A map list refuses a second entry for the same key. */
export const byGpuKind = {
  'x-kubernetes-list-type': 'map' as const,
  'x-kubernetes-list-map-keys': ['vendor', 'model', 'ram', 'interface'],
};

const multiplier = (description: string): JsonSchema =>
  text(description, 14, { pattern: '^[0-9]{1,4}(\\.[0-9]{1,9})?$' });

export const policySelector = object(
  'PolicySelector',
  'Which orders the book may price; absent for every order. Every part that is there has to hold.',
  {
    gpus: list(
      'Orders that get a GPU of one of these kinds.',
      object('GpuSelector', 'A kind of GPU.', gpuKind),
      64,
      { minItems: 1, ...byGpuKind },
    ),
    tenants: list('Orders of these tenants.', address('Tenant.'), 256, {
      minItems: 1,
      'x-kubernetes-list-type': 'set',
    }),
    attributes: list(
      'Orders that require all of these attributes of their provider.',
      object('RequiredAttribute', 'One attribute.', {
        key: text('Key.', 128, { minLength: 1 }),
        value: text('Value.', 2048, { minLength: 1 }),
      }),
      64,
      { minItems: 1, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['key'] },
    ),
  },
  { optional: ['gpus', 'tenants', 'attributes'] },
);

export const monthlyRates = object(
  'MonthlyRates',
  'US dollars per month, beside the hourly rates; a resource may have a rate in one of the two.',
  {
    cpuUsdPerMonth: usd('Per vCPU (1000 milli-CPU).'),
    memoryGibUsdPerMonth: usd('Per GiB of memory.'),
    storageGibUsdPerMonth: map('Per GiB of storage by class.', usd('Per GiB.'), 32),
    endpointUsdPerMonth: usd('Per endpoint on a shared address.'),
    leasedIpUsdPerMonth: usd('Per leased IP address.'),
    gpus: list(
      'Per GPU, by model.',
      object('MonthlyGpuRate', 'The price of one GPU of a model.', {
        ...gpuKind,
        usdPerMonth: usd('US dollars per GPU and month.'),
      }),
      64,
      byGpuKind,
    ),
  },
  {
    optional: [
      ...['cpuUsdPerMonth', 'memoryGibUsdPerMonth', 'storageGibUsdPerMonth'],
      ...['endpointUsdPerMonth', 'leasedIpUsdPerMonth', 'gpus'],
    ],
  },
);

const curve = (description: string): JsonSchema =>
  list(
    description,
    object('CurvePoint', 'Straight lines join the points; outside them the curve is level.', {
      percent: integer('Of the resource in use.', { min: 0, max: 100 }),
      multiplier: multiplier('Above 0, and never less than at a lower percent.'),
    }),
    32,
    { minItems: 1 },
  );

export const utilisation = object(
  'UtilisationCurves',
  'Multiplies prices by how much of a resource is in use.',
  {
    gpuModel: curve('GPUs, by the share of their own model that is in use.'),
    gpu: curve('GPUs, by the share of all GPUs in use.'),
    cpu: curve('vCPU, by the share of all CPUs in use.'),
    memory: curve('Memory, by the share of all memory in use.'),
  },
  { optional: ['gpuModel', 'gpu', 'cpu', 'memory'] },
);

const clock = (description: string): JsonSchema =>
  text(description, 5, { pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' });

export const timeWindow = object(
  'TimeWindow',
  'Multiplies every price while the wall clock is within it.',
  {
    name: text('For explanations, for example night.', 63, { minLength: 1 }),
    timeZone: text('IANA name, for example Europe/Berlin.', 64, { minLength: 1 }),
    days: list(
      'On which it begins; absent for every day.',
      oneOf('Day.', ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']),
      7,
      { minItems: 1, 'x-kubernetes-list-type': 'set' },
    ),
    from: clock('First minute, for example 22:00.'),
    to: clock('Minute after the last; at or before `from` it is on the next day.'),
    multiplier: multiplier('Above 0.'),
  },
  { optional: ['days'] },
);

export const scarcity = object(
  'Scarcity',
  'What an order for less than a node pays for each GPU when it has to break one of the last whole nodes of a model, up to the price of the whole node.',
  {
    nodeGpus: integer('Nodes of at least so many GPUs are kept whole.', { min: 2, max: 64 }),
    steps: list(
      'By how many are left.',
      object('ScarcityStep', 'One step.', {
        wholeNodesLeft: integer('Holds while at most so many wholly free nodes are left.', {
          min: 1,
          max: 10_000,
        }),
        multiplier: multiplier('At least 1, and never more than with fewer nodes left.'),
      }),
      16,
      { minItems: 1 },
    ),
  },
);

export const costs = object(
  'Costs',
  'What GPUs cost their owner; no GPU is ever priced under it.',
  {
    usdPerKwh: usd('Price of electricity.'),
    siteOverhead: multiplier('Power of the site over power of the machines (PUE); absent for 1.'),
    gpus: list(
      'Per GPU, by model; a model that is not listed has no floor.',
      object('GpuCost', 'One GPU with its share of the node.', {
        ...gpuKind,
        watts: usd('Drawn under load, in watts.'),
        capexUsd: usd('Bought for; 0 when it is paid off.'),
        lifeMonths: integer('Over which it is written off.', { min: 1, max: 600 }),
      }),
      64,
      byGpuKind,
    ),
  },
  { optional: ['siteOverhead'] },
);

export const tenantDiscount = object('TenantDiscount', 'One tenant who pays less.', {
  tenant: address('Tenant.'),
  percent: text('Off every price, 0 to 100.', 13, {
    pattern: '^(100|[0-9]{1,2}(\\.[0-9]{1,9})?)$',
  }),
});
