import { describe, expect, it } from '@jest/globals';
import { addressPool, isAddressRange } from './address-pool.js';

describe('addressPool', () => {
  it.each([
    ['nothing', [], 0],
    ['a network', ['203.0.113.0/28'], 16],
    ['one address', ['203.0.113.7/32'], 1],
    ['a range', ['203.0.113.40-203.0.113.50'], 11],
    ['a range across a byte', ['10.0.0.250 - 10.0.1.5'], 12],
    ['several', ['203.0.113.0/30', '203.0.113.8-203.0.113.9'], 6],
    ['IPv6', ['2001:db8::10-2001:db8::1f'], 16],
    ['a large IPv6 network', ['2001:db8::/64'], 1_000_000],
  ])('counts %s', (_name, entries, want) => {
    expect(addressPool(entries).size).toBe(want);
  });

  it.each([
    ['203.0.113.15', true],
    ['203.0.113.16', false],
    ['2001:db8::1', true],
    ['2001:db9::1', false],
    ['provider.example.com', false],
  ])('knows whether %s is one of its own', (address, want) => {
    expect(addressPool(['203.0.113.0/28', '2001:db8::/64']).has(address)).toBe(want);
  });

  it.each(['', '203.0.113.0', '203.0.113.0/33', '203.0.113.9-203.0.113.1', 'a-b', '10.0.0.1-::2'])(
    'refuses %j',
    (entry) => {
      expect(isAddressRange(entry)).toBe(false);
      expect(() => addressPool([entry])).toThrow(RangeError);
    },
  );
});
