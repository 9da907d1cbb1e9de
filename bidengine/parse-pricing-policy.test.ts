import { describe, expect, it } from '@jest/globals';
import { isPricingPolicyError, parsePricingPolicy } from './parse-pricing-policy.js';
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
      'is unknown; known are rates, floorUsdPerHour, ceilingUsdPerHour, minimumUactPerBlock, tenants',
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
      'is unknown; known are allow, deny',
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
});
