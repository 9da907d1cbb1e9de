import { describe, expect, it } from '@jest/globals';
import { FeeMeter } from './fee-meter.js';

const HOUR = 3_600_000;
const paid = (amount: bigint) => ({ fee: [{ denom: 'uakt', amount }] });
const setup = () => {
  let now = 0;
  const meter = new FeeMeter({ monotonic: () => now });
  return {
    meter,
    at: (ms: number): void => {
      now = ms;
    },
  };
};

describe('FeeMeter', () => {
  it('knows nothing in the first minutes', () => {
    const { meter, at } = setup();
    meter.note(paid(100n));
    at(HOUR / 12 - 1);
    expect(meter.perHour()).toBeUndefined();
  });

  it('averages over the time watched, and over six hours at most', () => {
    const { meter, at } = setup();
    meter.note(paid(600n));
    at(HOUR * 2);
    expect(meter.perHour()).toBe(300n);
    meter.note(paid(600n));
    at(HOUR * 7);
    expect(meter.perHour()).toBe(100n);
    at(HOUR * 9);
    expect(meter.perHour()).toBe(0n);
  });

  it('counts uakt alone', () => {
    const { meter, at } = setup();
    meter.note({
      fee: [
        { denom: 'uact', amount: 7n },
        { denom: 'uakt', amount: 5n },
      ],
    });
    at(HOUR);
    expect(meter.perHour()).toBe(5n);
  });
});
