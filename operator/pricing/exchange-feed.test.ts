import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '../../market/money.js';
import type { Decimal } from '../../market/money.js';
import { ExchangeFeed, priceIn } from './exchange-feed.js';

const PAGE = '{"akash-network":{"usd":0.61},"usd-coin":{"usd":"0.9998"}}';
const sources = [
  { name: 'page', asset: 'akt', url: 'https://prices.example/akt', path: ['akash-network', 'usd'] },
  { name: 'usdc', asset: 'usdc', url: 'https://prices.example/usdc', path: ['usd-coin', 'usd'] },
] as const;

const setup = () => {
  const world = { now: 1_000, aktUsd: parseDecimal('0.5') as Decimal | undefined, down: false };
  const faults: string[] = [];
  const feed = new ExchangeFeed({
    reader: {
      exchange: async () => {
        if (world.down) throw new Error('no endpoint answered');
        return { aktUsd: world.aktUsd, burnsAllowed: true, mintsHalted: false };
      },
    },
    settings: {
      ...{ sources, maxAgeMs: 60_000, timeoutMs: 1_000 },
      conservativeUsd: { akt: parseDecimal('5'), usdc: parseDecimal('1.1') },
    },
    clock: { now: () => world.now },
    fetchText: async () => {
      if (world.down) throw new Error('refused');
      return PAGE;
    },
    onError: (source) => faults.push(source),
  });
  const refresh = (): Promise<void> => feed.refresh(new AbortController().signal);
  return { world, feed, refresh, faults };
};

describe('the exchange feed', () => {
  it('knows nothing before it has asked, and says so', () => {
    expect(setup().feed.rates()).toMatchObject({
      akt: { status: 'stale', why: expect.stringContaining('chain oracle has no price') },
      usdc: { status: 'stale' },
    });
  });

  it('takes the median of the oracle and the configured sources', async () => {
    const { feed, refresh } = setup();
    await refresh();
    const { akt, usdc } = feed.rates();
    expect(akt).toMatchObject({ status: 'fresh', sources: ['chain oracle', 'page'] });
    expect(akt.status === 'fresh' && akt.usd.toFixed()).toBe('0.555');
    expect(usdc.status === 'fresh' && usdc.usd.toFixed()).toBe('0.9998');
  });

  it('keeps what it heard while nobody answers, until it is too old', async () => {
    const { world, feed, refresh, faults } = setup();
    await refresh();
    Object.assign(world, { down: true, now: 61_000 });
    await refresh();
    expect(faults.sort()).toEqual(['chain oracle', 'page', 'usdc']);
    expect(feed.rates().akt.status).toBe('fresh');
    world.now = 61_001;
    expect(feed.rates().akt).toMatchObject({ status: 'stale', conservativeUsd: parseDecimal('5') });
  });

  it('an oracle that has lost its price counts no more', async () => {
    const { world, feed, refresh } = setup();
    await refresh();
    world.aktUsd = undefined;
    await refresh();
    expect(feed.rates().akt).toMatchObject({ status: 'fresh', sources: ['page'] });
  });

  it.each(['{}', '{"akash-network":{"usd":-1}}', '{"akash-network":{"usd":1e-9}}', '[]', 'x'])(
    'finds no price in %s',
    (text) => {
      expect(() => priceIn(text, ['akash-network', 'usd'])).toThrow();
    },
  );
});
