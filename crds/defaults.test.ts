import { describe, expect, it } from '@jest/globals';
import { applyDefaults } from './defaults.js';
import { definitionOf } from './kinds.js';

const policy = (spec: object): unknown =>
  applyDefaults(definitionOf('PricingPolicy').schema, { metadata: { name: 'a' }, spec });

describe('applyDefaults', () => {
  it('fills in what is absent, in objects and in the items of lists, and keeps what is there', () => {
    const given = { rates: { cpuUsdPerHour: '1', gpus: [{ model: 'h100', usdPerHour: '2' }] } };
    expect(policy(given)).toEqual({
      metadata: { name: 'a' },
      spec: {
        denom: 'uact',
        rates: {
          cpuUsdPerHour: '1',
          memoryGibUsdPerHour: '0',
          endpointUsdPerHour: '0',
          leasedIpUsdPerHour: '0',
          gpus: [{ vendor: 'nvidia', model: 'h100', ram: '*', interface: '*', usdPerHour: '2' }],
        },
        tenants: { allow: [], deny: [] },
      },
    });
    expect(given.rates.gpus).toEqual([{ model: 'h100', usdPerHour: '2' }]);
  });

  it('adds nothing where an object without a default is absent', () => {
    expect(policy({})).toEqual({
      metadata: { name: 'a' },
      spec: { denom: 'uact', tenants: { allow: [], deny: [] } },
    });
  });
});
