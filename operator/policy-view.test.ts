import { afterEach, describe, expect, it } from '@jest/globals';
import { API_VERSION } from '../crds/constants.js';
import { findCondition } from '../crds/conditions.js';
import type { PricingPolicy } from '../crds/generated/types.js';
import { PRICING_POLICIES } from '../kube/resources.js';
import { FakeKube } from '../kube/testing/fake-kube.js';
import { systemClock } from './clock.js';
import { PolicyView } from './policy-view.js';

const aPolicy = (name: string, cpuUsdPerHour = '0.01'): PricingPolicy => ({
  apiVersion: API_VERSION,
  kind: 'PricingPolicy',
  metadata: { name },
  spec: {
    denom: 'uact',
    rates: {
      cpuUsdPerHour,
      memoryGibUsdPerHour: '0.002',
      storageGibUsdPerHour: { ephemeral: '0.0001', '*': '0.0002' },
      endpointUsdPerHour: '0',
      leasedIpUsdPerHour: '0.01',
      gpus: [],
    },
    tenants: { allow: [], deny: [] },
  },
});

let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

const until = async (check: () => boolean): Promise<void> => {
  while (!check()) await systemClock.sleep(5, stop.signal);
};

const setup = async (...books: readonly PricingPolicy[]) => {
  const api = new FakeKube();
  for (const book of books) await api.create(PRICING_POLICIES, book);
  const view = new PolicyView({
    ...{ api, clock: systemClock, random: () => 0, computeProvider: 'provider' },
    onError: () => undefined,
  });
  const before = view.fault();
  void view.run(stop.signal);
  await until(() => view.fault()?.code !== 'PoliciesNotSynced');
  return { api, view, before };
};

describe('PolicyView', () => {
  it('prices by the first book by name, and says why there is none', async () => {
    const { view, before } = await setup(aPolicy('b'), aPolicy('a'));
    expect(before?.code).toBe('PoliciesNotSynced');
    expect(view.fault()).toBeUndefined();
    expect(view.policies().map((p) => p.name)).toEqual(['a', 'b']);
  });

  it('no book: no price, no bid', async () => {
    const { view } = await setup();
    expect(view.fault()?.code).toBe('NoPricingPolicy');
  });

  it('a broken first book is not silently replaced by the next, which nobody meant to sell by', async () => {
    const { view } = await setup(aPolicy('a', 'cheap'), aPolicy('b'));
    expect(view.fault()).toMatchObject({ code: 'PolicyInvalid', field: 'rates.cpuUsdPerHour' });
  });

  it("each book's Ready says whether it can be used; an unchanged status is not written again", async () => {
    const { api, view } = await setup(aPolicy('a', 'cheap'), aPolicy('b'));
    await view.writePolicyStatus('2026-01-01T00:00:00Z');
    const ready = async (name: string) =>
      findCondition((await api.get(PRICING_POLICIES, { name }))?.status?.conditions, 'Ready')
        ?.reason;
    expect([await ready('a'), await ready('b')]).toEqual(['PolicyInvalid', 'Valid']);
    let writes = 0;
    api.failWith((verb) => {
      if (verb === 'patch') writes += 1;
    });
    await until(() => view.policies().length === 1);
    await systemClock.sleep(20, stop.signal);
    await view.writePolicyStatus('2026-01-01T00:01:00Z');
    expect(writes).toBe(0);
  });
});
