import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { findCondition } from '../crds/conditions.js';
import { COMPUTE_PROVIDERS, CONFIG_MAPS } from '../kube/resources.js';
import { formatBidId } from '../market/ids.js';
import type { BidId, OrderId } from '../market/ids.js';
import { acceptBid, bidOf, openOrder } from './testing/tenant.js';
import { aGpuNode, createWorld, NAMESPACE, TENANT } from './testing/world.js';
import type { World, WorldOptions } from './testing/world.js';

jest.setTimeout(30_000);

const OTHER = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';

let world: World;
const given = async (options: WorldOptions = {}): Promise<World> => {
  world = await createWorld(options);
  world.start();
  return world;
};
afterEach(async () => world.close());

const chainBid = (id: BidId) => world.chain.market.bids.get(formatBidId(id));
const bidOn = async (order: OrderId): Promise<BidId> => {
  const id = bidOf(order);
  await world.until('a bid', () => chainBid(id));
  return id;
};
const sent = (type: string): number =>
  world.chain.submissions.filter((s) => s.messages.some((m) => m.type === type)).length;
const blocks = async (n: bigint): Promise<void> => {
  const height = world.chain.height;
  await world.until('blocks', () => world.chain.height >= height + n);
};
const metric = async (name: string, labels: string): Promise<number> => {
  const line = (await world.metrics().registry.metrics())
    .split('\n')
    .find((l) => l.startsWith(`${name}{${labels}}`));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
};
const skipped = (code: string): Promise<true> =>
  world.until(`skipped for ${code}`, async () => {
    const status = (await world.kube.get(COMPUTE_PROVIDERS, { name: 'provider' }))?.status;
    return (status?.skippedByReason?.[code] ?? 0) > 0;
  });
const biddingReason = async (): Promise<string | undefined> =>
  findCondition(
    (await world.kube.get(COMPUTE_PROVIDERS, { name: 'provider' }))?.status?.conditions,
    'Bidding',
  )?.reason;

describe('the life of a bid', () => {
  it('a shutdown, an update and a crash close nothing', async () => {
    await given({ bidding: { timeoutSeconds: 3_600 } });
    const id = await bidOn(openOrder(world, 7n));
    for (let i = 0; i < 3; i += 1) {
      await world.kill();
      await blocks(5n);
      world.start();
      await world.until('bidding', async () => (await biddingReason()) === 'Bidding');
    }
    expect(chainBid(id)?.state).toBe('open');
    expect(sent('close-bid')).toBe(0);
  });

  it("ends sooner when another tenant's order wants what it holds, and that order is served", async () => {
    await given({ bidding: { timeoutSeconds: 3_600, contestedTimeoutSeconds: 10 } });
    const first = await bidOn(openOrder(world, 7n));
    await blocks(20n);
    expect(chainBid(first)?.state).toBe('open');
    const second = bidOf(openOrder(world, 8n, {}, OTHER));
    await world.until('the other is served', () => chainBid(second));
    expect(chainBid(first)?.state).toBe('closed');
    expect(sent('close-bid')).toBe(1);
  });

  it('does not end for an order of the same tenant, nor for one that it could not serve', async () => {
    await given({ bidding: { timeoutSeconds: 3_600, contestedTimeoutSeconds: 10 } });
    const first = await bidOn(openOrder(world, 7n));
    openOrder(world, 8n);
    openOrder(world, 9n, { gpus: 9 }, OTHER);
    await skipped('InsufficientGpus');
    await blocks(40n);
    expect(chainBid(first)?.state).toBe('open');
  });

  it('waits longer while as much is free as it holds, and then ends all the same', async () => {
    await given({
      nodes: [aGpuNode('h100-0'), aGpuNode('h100-1')],
      bidding: { timeoutSeconds: 20, idleTimeoutSeconds: 60 },
    });
    const id = await bidOn(openOrder(world, 7n));
    const since = chainBid(id)?.createdAt ?? 0n;
    await world.until('closed', () => chainBid(id)?.state === 'closed');
    expect(world.chain.height - since).toBeGreaterThanOrEqual(60n);
    await blocks(10n);
    expect(sent('create-bid')).toBe(1);
  });

  it('is not closed while a lease on it is in a mempool', async () => {
    await given({ bidding: { timeoutSeconds: 20 } });
    const id = await bidOn(openOrder(world, 7n));
    const looks = jest
      .spyOn(world.chain.mempools, 'pendingLeases')
      .mockResolvedValue({ ids: [id], complete: true });
    await world.until('looks', () => looks.mock.calls.length > 3);
    expect(sent('close-bid')).toBe(0);
    looks.mockRestore();
    await world.until('closed', () => chainBid(id)?.state === 'closed');
  });

  it('a mempool that cannot be read holds its close back for ten blocks', async () => {
    await given({ bidding: { timeoutSeconds: 20 } });
    const id = await bidOn(openOrder(world, 7n));
    const since = chainBid(id)?.createdAt ?? 0n;
    jest
      .spyOn(world.chain.mempools, 'pendingLeases')
      .mockResolvedValue({ ids: [], complete: false });
    await world.until('closed', () => chainBid(id)?.state === 'closed');
    expect(world.chain.height - since).toBeGreaterThanOrEqual(30n);
  });

  it('a lease that is sent after the last look and lands before the close is counted', async () => {
    await given({ bidding: { timeoutSeconds: 20 } });
    const id = await bidOn(openOrder(world, 7n));
    let accepted = false;
    jest.spyOn(world.chain.mempools, 'pendingLeases').mockImplementation(async () => {
      if (!accepted) void acceptBid(world, id);
      accepted = true;
      return { ids: [], complete: true };
    });
    await world.until(
      'the race is counted',
      async () => (await metric('berth_bid_closes_total', 'raced="true"')) === 1,
    );
    expect(world.chain.market.leases.get(formatBidId(id))?.state).toBe('closed');
  });

  it('a lost bid costs no transaction, and what it held is free in the next block', async () => {
    await given();
    const order = openOrder(world, 7n);
    const id = await bidOn(order);
    const rival = { ...id, provider: OTHER };
    const price = chainBid(id)?.price;
    if (price === undefined) throw new Error('no price');
    world.chain.market.bids.set(formatBidId(rival), {
      ...{ id: rival, state: 'open', price, createdAt: 1n, resourcesOffer: [] },
    });
    const second = bidOf(openOrder(world, 8n, {}, OTHER));
    await skipped('InsufficientGpus');
    await acceptBid(world, rival);
    await world.until('the next order is served', () => chainBid(second));
    expect(chainBid(id)?.state).toBe('lost');
    expect(sent('close-bid')).toBe(0);
  });
});

describe('the spending guard', () => {
  const small = { gpus: 1 };

  it('stops bids at the deposits that may be locked, says so everywhere, and goes on when some come back', async () => {
    await given({ budgets: { depositsUakt: '1000000' } });
    const first = await bidOn(openOrder(world, 7n, small));
    await bidOn(openOrder(world, 8n, small));
    const third = bidOf(openOrder(world, 9n, small));
    await skipped('DepositsAtRiskReached');
    await world.until(
      'the condition says so',
      async () => (await biddingReason()) === 'DepositsAtRiskReached',
    );
    expect(
      await metric('berth_order_decisions_total', 'result="skip",reason="DepositsAtRiskReached"'),
    ).toBe(1);
    expect(chainBid(third)).toBeUndefined();
    await world.chain
      .laneFor({ address: TENANT })
      .submit([{ type: 'close-deployment', id: { owner: TENANT, dseq: first.dseq } }]);
    await world.until('the third is bid on', () => chainBid(third));
  });

  it.each([
    ['as it was written down', async () => undefined],
    [
      'and not even without what was written down',
      async () =>
        world.kube.delete(CONFIG_MAPS, { name: 'berth-fees-provider', namespace: NAMESPACE }),
    ],
  ])('a restart does not give the day a new budget, %s', async (_name, lose) => {
    // A bid may cost 5000 uakt; the registration and its certificate have cost 10000 before.
    await given({ budgets: { feesUaktPerDay: '20000' } });
    for (const dseq of [7n, 8n]) await bidOn(openOrder(world, dseq, small));
    openOrder(world, 9n, small);
    await skipped('FeesPerDayReached');
    await world.until('it is written down', () =>
      world.kube.get(CONFIG_MAPS, { name: 'berth-fees-provider', namespace: NAMESPACE }),
    );
    await world.kill();
    await lose();
    world.start();
    await world.until('bidding or not', async () => (await biddingReason()) !== undefined);
    openOrder(world, 10n, small);
    await blocks(40n);
    const made = sent('create-bid');
    expect(made).toBeLessThanOrEqual(4);
    openOrder(world, 11n, small);
    await blocks(40n);
    expect(sent('create-bid')).toBe(made);
  });
});
