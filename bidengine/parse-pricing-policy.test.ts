import { describe, expect, it } from '@jest/globals';
import { isPricingPolicyError } from './parse-fields.js';
import { parsePricingPolicy } from './parse-pricing-policy.js';
import { dec } from './testing/input-builder.js';

const rates = {
  cpuUsdPerHour: '0.01',
  memoryGibUsdPerHour: '0.002',
  storageGibUsdPerHour: { ephemeral: '0.0001', beta3: '0' },
  endpointUsdPerHour: '0',
  leasedIpUsdPerHour: '0.01',
  gpus: [
    { vendor: 'NVIDIA', model: 'H100', ram: '80Gi', interface: 'sxm', usdPerHour: '2.5' },
    { vendor: 'nvidia', model: '*', usdPerHour: '3' },
  ],
};
const gpu = rates.gpus[0];

describe('parsePricingPolicy', () => {
  it('reads a whole price book', () => {
    const policy = parsePricingPolicy('standard', {
      rates,
      floorUsdPerHour: '0.05',
      ceilingUsdPerHour: '100',
      minimumUactPerBlock: '1.5',
      tenants: { allow: ['akash1a'], deny: ['akash1b'] },
    });
    expect(policy).toEqual({
      name: 'standard',
      rates: {
        cpuUsdPerHour: dec('0.01'),
        memoryGibUsdPerHour: dec('0.002'),
        storageGibUsdPerHour: { ephemeral: dec('0.0001'), beta3: dec('0') },
        endpointUsdPerHour: dec('0'),
        leasedIpUsdPerHour: dec('0.01'),
        gpus: [
          {
            vendor: 'nvidia',
            model: 'h100',
            ram: '80Gi',
            interface: 'sxm',
            usdPerHour: dec('2.5'),
          },
          { vendor: 'nvidia', model: '*', usdPerHour: dec('3') },
        ],
      },
      floorUsdPerHour: dec('0.05'),
      ceilingUsdPerHour: dec('100'),
      minimumUactPerBlock: dec('1.5'),
      tenants: { allow: ['akash1a'], deny: ['akash1b'] },
    });
  });

  it('needs no limits, tenants or GPUs', () => {
    const { gpus: _gpus, ...rest } = rates;
    const policy = parsePricingPolicy('plain', { rates: rest });
    expect(policy.rates.gpus).toEqual([]);
    expect(policy.tenants).toEqual({ allow: [], deny: [] });
    expect(policy).not.toHaveProperty('floorUsdPerHour');
  });

  it.each<[string, unknown, string, string]>([
    ['no object', 'cheap', 'spec', 'must be an object'],
    ['a list', [], 'spec', 'must be an object'],
    [
      'a misspelt limit',
      { rates, florUsdPerHour: '1' },
      'florUsdPerHour',
      'is unknown; known are denom, priority, appliesTo, rates, monthlyRates, hoursPerMonth, blockTimeMs, countEndpoints, utilisation, timeWindows, scarcity, costs, expression, floorUsdPerHour, ceilingUsdPerHour, minimumUactPerBlock, places, rounding, tenants',
    ],
    ['no rates', {}, 'rates', 'must be an object'],
    [
      'a misspelt rate',
      { rates: { ...rates, cpu: '1' } },
      'rates.cpu',
      'is unknown; known are cpuUsdPerHour, memoryGibUsdPerHour, storageGibUsdPerHour, endpointUsdPerHour, leasedIpUsdPerHour, gpus',
    ],
    [
      'a missing rate',
      { rates: { ...rates, cpuUsdPerHour: undefined } },
      'rates.cpuUsdPerHour',
      'is missing, for example "2.50"',
    ],
    [
      'a number instead of text',
      { rates: { ...rates, cpuUsdPerHour: 0.01 } },
      'rates.cpuUsdPerHour',
      'must be a decimal in quotes, for example "2.50"',
    ],
    [
      'a negative rate',
      { rates: { ...rates, cpuUsdPerHour: '-1' } },
      'rates.cpuUsdPerHour',
      'amount must be a non-negative decimal with at most 18 places, got "-1"',
    ],
    [
      'storage that is no map',
      { rates: { ...rates, storageGibUsdPerHour: '1' } },
      'rates.storageGibUsdPerHour',
      'must be an object',
    ],
    [
      'a bad storage rate',
      { rates: { ...rates, storageGibUsdPerHour: { beta1: 'x' } } },
      'rates.storageGibUsdPerHour.beta1',
      'amount must be a non-negative decimal with at most 18 places, got "x"',
    ],
    ['GPUs that are no list', { rates: { ...rates, gpus: {} } }, 'rates.gpus', 'must be a list'],
    [
      'a GPU without a vendor',
      { rates: { ...rates, gpus: [{ ...gpu, vendor: '' }] } },
      'rates.gpus[0].vendor',
      'must be a text that is not empty',
    ],
    [
      'memory of another form',
      { rates: { ...rates, gpus: [{ ...gpu, ram: '80GB' }] } },
      'rates.gpus[0].ram',
      'must read like 80Gi, got "80GB"',
    ],
    [
      'an interface of another kind',
      { rates: { ...rates, gpus: [gpu, { ...gpu, interface: 'sxm5' }] } },
      'rates.gpus[1].interface',
      'must be pcie or sxm, got "sxm5"',
    ],
    [
      'an unknown part of a GPU',
      { rates: { ...rates, gpus: [{ ...gpu, memory: '80Gi' }] } },
      'rates.gpus[0].memory',
      'is unknown; known are vendor, model, ram, interface, usdPerHour',
    ],
    [
      'a GPU listed twice',
      { rates: { ...rates, gpus: [gpu, gpu] } },
      'rates.gpus[1]',
      'repeats the GPU of rates.gpus[0]',
    ],
    [
      'a bad limit',
      { rates, minimumUactPerBlock: '1e3' },
      'minimumUactPerBlock',
      'amount must be a non-negative decimal with at most 18 places, got "1e3"',
    ],
    [
      'a ceiling under the floor',
      { rates, floorUsdPerHour: '2', ceilingUsdPerHour: '1' },
      'ceilingUsdPerHour',
      '1 is less than floorUsdPerHour 2, so no order could get a bid',
    ],
    [
      'tenants that are no lists',
      { rates, tenants: { deny: 'akash1b' } },
      'tenants.deny',
      'must be a list',
    ],
    [
      'an empty tenant',
      { rates, tenants: { allow: ['akash1a', ''] } },
      'tenants.allow[1]',
      'must be a text that is not empty',
    ],
    [
      'an unknown tenant rule',
      { rates, tenants: { block: [] } },
      'tenants.block',
      'is unknown; known are allow, deny, discounts',
    ],
  ])('refuses %s and names the field', (_name, spec, wantField, wantProblem) => {
    try {
      parsePricingPolicy('p', spec);
      throw new Error('read');
    } catch (error) {
      if (!isPricingPolicyError(error)) throw error;
      expect(error.field).toBe(wantField);
      expect(error.message).toBe(`${wantField}: ${wantProblem}`);
    }
  });

  it('reads every rule', () => {
    const h100 = { vendor: 'nvidia', model: 'h100', ram: '*', interface: '*' };
    const policy = parsePricingPolicy('rich', {
      denom: 'uact',
      priority: -5,
      appliesTo: { gpus: [h100], tenants: ['akash1a'], attributes: [{ key: 'tier', value: 'x' }] },
      rates,
      blockTimeMs: 6117,
      countEndpoints: 'replica',
      utilisation: {
        gpuModel: [
          { percent: 50, multiplier: '1' },
          { percent: 90, multiplier: '1.5' },
        ],
      },
      timeWindows: [
        { name: 'night', timeZone: 'Europe/Berlin', from: '22:00', to: '24:00', multiplier: '0.8' },
      ],
      scarcity: { nodeGpus: 8, steps: [{ wholeNodesLeft: 1, multiplier: '2.5' }] },
      costs: {
        usdPerKwh: '0.21',
        gpus: [{ ...h100, watts: '900', capexUsd: '30000', lifeMonths: 48 }],
      },
      expression: 'max(price, dec("0.5"))',
      places: 12,
      rounding: 'nearest',
      tenants: { discounts: [{ tenant: 'akash1a', percent: '12.5' }] },
    });
    const kind = { vendor: 'nvidia', model: 'h100' };
    expect(policy).toMatchObject({
      priority: -5,
      appliesTo: { gpus: [kind], tenants: ['akash1a'], attributes: [{ key: 'tier', value: 'x' }] },
      blockTimeMs: 6117,
      countEndpoints: 'replica',
      utilisation: {
        gpuModel: [
          { percent: dec('50'), multiplier: dec('1') },
          { percent: dec('90'), multiplier: dec('1.5') },
        ],
      },
      timeWindows: [{ days: [0, 1, 2, 3, 4, 5, 6], from: 1320, to: 1440, multiplier: dec('0.8') }],
      scarcity: { nodeGpus: 8, steps: [{ wholeNodesLeft: 1, multiplier: dec('2.5') }] },
      costs: {
        usdPerKwh: dec('0.21'),
        siteOverhead: dec('1'),
        gpus: [{ ...kind, watts: dec('900'), capexUsd: dec('30000'), lifeMonths: dec('48') }],
      },
      places: 12,
      rounding: 'nearest',
    });
    expect(policy.tenants.discounts?.get('akash1a')?.toFixed()).toBe('12.5');
    expect(policy.expression?.text).toBe('max(price, dec("0.5"))');
  });

  it('divides monthly rates by the hours of a month, and adds them to the hourly table', () => {
    const policy = parsePricingPolicy('monthly', {
      rates: { gpus: [{ vendor: 'nvidia', model: 'h100', usdPerHour: '2' }] },
      monthlyRates: {
        cpuUsdPerMonth: '7.3',
        storageGibUsdPerMonth: { ephemeral: '0.73' },
        gpus: [{ vendor: 'nvidia', model: 'a100', usdPerMonth: '1460' }],
      },
    });
    expect(policy.rates.cpuUsdPerHour.toFixed()).toBe('0.01');
    expect(policy.rates.storageGibUsdPerHour['ephemeral']?.toFixed()).toBe('0.001');
    expect(policy.rates.gpus.map((g) => [g.model, g.usdPerHour.toFixed()])).toEqual([
      ['h100', '2'],
      ['a100', '2'],
    ]);
  });

  const point = (percent: number, multiplier: string): object => ({ percent, multiplier });
  const night = { name: 'n', timeZone: 'UTC', from: '22:00', to: '06:00', multiplier: '1' };
  const monthlyRates = { cpuUsdPerMonth: '1' };
  it.each<[string, object, string, string]>([
    [
      'a curve that falls',
      { utilisation: { gpu: [point(0, '2'), point(50, '1')] } },
      'utilisation.gpu[1].multiplier',
      'must not be less than at 0 %: more free capacity must never make an order dearer',
    ],
    [
      'a curve whose points are not in order',
      { utilisation: { cpu: [point(50, '1'), point(50, '2')] } },
      'utilisation.cpu[1].percent',
      'must be above the point before it',
    ],
    [
      'a free GPU',
      { utilisation: { gpu: [point(0, '0')] } },
      'utilisation.gpu[0].multiplier',
      'must be above 0, got 0',
    ],
    [
      'a share beyond all',
      { utilisation: { gpu: [point(101, '1')] } },
      'utilisation.gpu[0].percent',
      'must be a whole number from 0 to 100, got 101',
    ],
    [
      'a zone that does not exist',
      { timeWindows: [{ ...night, timeZone: 'Berlin' }] },
      'timeWindows[0].timeZone',
      'must be an IANA time zone such as Europe/Berlin, got "Berlin"',
    ],
    [
      'a time of day of another form',
      { timeWindows: [{ ...night, to: '6:00' }] },
      'timeWindows[0].to',
      'must be a time of day such as 22:30, got "6:00"',
    ],
    [
      'a day of another form',
      { timeWindows: [{ ...night, days: ['Mon', 'tuesday'] }] },
      'timeWindows[0].days[1]',
      'must be one of Sun, Mon, Tue, Wed, Thu, Fri, Sat, got "tuesday"',
    ],
    [
      'a scarcity that makes cheaper',
      { scarcity: { nodeGpus: 8, steps: [{ wholeNodesLeft: 1, multiplier: '0.5' }] } },
      'scarcity.steps[0].multiplier',
      'must be at least 1, got 0.5',
    ],
    [
      'a scarcity that rises with plenty',
      {
        scarcity: {
          nodeGpus: 8,
          steps: [
            { wholeNodesLeft: 1, multiplier: '2' },
            { wholeNodesLeft: 3, multiplier: '3' },
          ],
        },
      },
      'scarcity.steps[1].multiplier',
      'must not be more than with 1 left: what is less scarce is not dearer',
    ],
    ['a month of no hours', { hoursPerMonth: '0' }, 'hoursPerMonth', 'must be above 0, got 0'],
    [
      'a rate per hour and per month',
      { monthlyRates },
      'monthlyRates.cpuUsdPerMonth',
      'is also given in rates',
    ],
    [
      'an expression of another type',
      { expression: 'gpus * 2' },
      'expression',
      'must yield a Decimal such as price * dec("1.1"), yields int',
    ],
    [
      'an expression with a float',
      { expression: 'price * 1.1' },
      'expression',
      'is not valid CEL: no such overload: Decimal * double',
    ],
    [
      'an expression with a loop',
      { expression: '[1, 2].exists(x, x == gpus) ? price : price' },
      'expression',
      'must not use exists: a price takes a bounded time',
    ],
    [
      'a discount over everything',
      { tenants: { discounts: [{ tenant: 'akash1a', percent: '101' }] } },
      'tenants.discounts[0].percent',
      'must be at most 100, got 101',
    ],
    [
      'a selector that selects nothing',
      { appliesTo: { tenants: [] } },
      'appliesTo.tenants',
      'must not be empty; leave it out to apply to every order',
    ],
    ['another coin', { denom: 'uakt' }, 'denom', 'must be uact, got "uakt"'],
    [
      'a life of no months',
      { costs: { usdPerKwh: '1', gpus: [{ vendor: '*', model: '*', watts: '1', capexUsd: '1' }] } },
      'costs.gpus[0].lifeMonths',
      'must be a whole number from 1 to 600, is missing',
    ],
  ])('refuses %s', (_name, rules, wantField, wantProblem) => {
    try {
      parsePricingPolicy('p', { rates, ...rules });
      throw new Error('read');
    } catch (error) {
      if (!isPricingPolicyError(error)) throw error;
      expect([error.field, error.message]).toEqual([wantField, `${wantField}: ${wantProblem}`]);
    }
  });
});
