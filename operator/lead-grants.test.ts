/** A provider whose key is only a grantee: what it sends, and what it does not send any more. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { findCondition } from '../crds/conditions.js';
import { COMPUTE_PROVIDERS } from '../kube/resources.js';
import { GRANTABLE } from '../chain/ports.js';
import type { ChainMessage } from '../chain/ports.js';
import { TYPE_URLS } from '../chain/tx/type-urls.js';
import { formatBidId } from '../market/ids.js';
import { acceptBid, bidOf, openOrder } from './testing/tenant.js';
import { createWorld, PROVIDER } from './testing/world.js';
import type { World } from './testing/world.js';

jest.setTimeout(30_000);

const HOT = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';

let world: World;
beforeEach(async () => {
  world = await createWorld({ grantee: { address: HOT, fees: 'provider', warnDays: 14 } });
});
afterEach(async () => world.close());

/** In the world's own time, which is far ahead of today's. */
const inDays = (days: number): number => 1_800_000_000 + days * 86_400;
const pair = { granter: PROVIDER, grantee: HOT };

const byTheCold = async (...messages: readonly ChainMessage[]): Promise<void> => {
  const outcome = await world.chain.laneFor({ address: PROVIDER }).submit(messages);
  expect(outcome).toMatchObject({ status: 'included', code: 0 });
};
const grantAll = (days: number): Promise<void> =>
  byTheCold(
    ...GRANTABLE.map((message): ChainMessage => ({
      ...{ type: 'grant', ...pair, message, expiresAtSeconds: inDays(days) },
    })),
    {
      ...{ type: 'grant-fees', ...pair },
      terms: { limitUakt: 50_000_000n, expiresAtSeconds: inDays(days) },
    },
  );

const condition = async (type: string): Promise<string | undefined> =>
  findCondition(
    (await world.kube.get(COMPUTE_PROVIDERS, { name: 'provider' }))?.status?.conditions,
    type,
  )?.reason;
const until = (type: string, reason: string): Promise<true> =>
  world.until(`${type} ${reason}`, async () => (await condition(type)) === reason);
const byTheHot = (): readonly string[] =>
  world.chain.submissions
    .filter((s) => s.grantee === HOT)
    .flatMap((s) => s.messages.map((m) => m.type));

describe('a hot key', () => {
  it('that was granted nothing sends nothing, and says why', async () => {
    world.start();
    openOrder(world, 7n);
    await until('Granted', 'GrantMissing');
    await until('Bidding', 'GrantMissing');
    await until('Registered', 'RegistrationRefused');
    const { height } = world.chain;
    await world.until('blocks', () => world.chain.height > height + 20n);
    expect(byTheHot()).toEqual([]);
  });

  it('registers, bids and withdraws by its grants, as they come and without a restart', async () => {
    world.start();
    const id = bidOf(openOrder(world, 7n));
    await until('Bidding', 'GrantMissing');
    await grantAll(90);
    await world.until('a bid', () => world.chain.market.bids.get(formatBidId(id)));
    await acceptBid(world, id);
    await world.until('a withdrawal', () => byTheHot().includes('withdraw-lease'));
    expect(byTheHot()).toEqual(expect.arrayContaining(['create-provider', 'create-certificate']));
    await until('Granted', 'Granted');
  });

  it('whose bids are revoked fails at most once, and bids no more', async () => {
    await grantAll(90);
    world.start();
    const first = bidOf(openOrder(world, 7n));
    await world.until('a bid', () => world.chain.market.bids.get(formatBidId(first)));
    await byTheCold({ type: 'revoke-grant', ...pair, typeUrl: TYPE_URLS['create-bid'] });
    const before = byTheHot().filter((type) => type === 'create-bid').length;
    openOrder(world, 8n);
    await until('Bidding', 'GrantMissing');
    const { height } = world.chain;
    await world.until('blocks', () => world.chain.height > height + 20n);
    const after = byTheHot().filter((type) => type === 'create-bid').length;
    expect(after - before).toBeLessThanOrEqual(1);
    expect(world.chain.market.bids.get(formatBidId(first))?.state).toBe('open');
  });

  it('is warned of the end of its rights while it goes on', async () => {
    await grantAll(10);
    world.start();
    const id = bidOf(openOrder(world, 7n));
    await world.until('a bid', () => world.chain.market.bids.get(formatBidId(id)));
    await until('Granted', 'GrantsExpireSoon');
    await until('Bidding', 'Bidding');
  });
});
