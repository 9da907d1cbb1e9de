import { describe, expect, it } from '@jest/globals';
import { FakeChain } from '../../chain/testing/fake-chain.js';
import { Decimal } from '../../market/money.js';
import { PROVIDER } from '../testing/world.js';
import { FeeMeter, metered } from './fee-meter.js';

const HOUR = 3_600_000;
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
    meter.note(100n);
    at(HOUR / 12 - 1);
    expect(meter.perHour()).toBeUndefined();
  });

  it('averages over the time watched, and over six hours at most', () => {
    const { meter, at } = setup();
    meter.note(600n);
    at(HOUR * 2);
    expect(meter.perHour()).toBe(300n);
    meter.note(600n);
    at(HOUR * 7);
    expect(meter.perHour()).toBe(100n);
    at(HOUR * 9);
    expect(meter.perHour()).toBe(0n);
  });

  it('counts what a lane pays, also for what failed in its block, and nothing for what never got there', async () => {
    const { meter, at } = setup();
    const chain = new FakeChain();
    const lane = metered(chain.laneFor({ address: PROVIDER }), meter, new Decimal('0.025'));
    const sent = lane.submit([{ type: 'close-deployment', id: { owner: PROVIDER, dseq: 1n } }]);
    await Promise.resolve();
    await Promise.resolve();
    chain.commit();
    expect(await sent).toMatchObject({ status: 'included', code: 5 });
    chain.override = (hash) => ({ status: 'expired', hash });
    const lost = lane.submit([]);
    await Promise.resolve();
    await Promise.resolve();
    chain.commit();
    await lost;
    at(HOUR);
    // 130,000 gas of the fake chain at 0.025.
    expect(meter.perHour()).toBe(3250n);
  });
});
