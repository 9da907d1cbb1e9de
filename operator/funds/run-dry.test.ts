/** A hundred tenants whose money ends, on the whole operator in memory. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { findCondition } from '../../crds/conditions.js';
import { COMPUTE_LEASES, EVENTS } from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import { formatBidId, formatDeploymentId } from '../../market/ids.js';
import type { BidId } from '../../market/ids.js';
import { Decimal } from '../../market/money.js';
import type { Deployment, Lease } from '../../market/records.js';
import { aGroup, bidOf } from '../testing/tenant.js';
import { createWorld, PROVIDER, TENANT } from '../testing/world.js';
import type { World } from '../testing/world.js';

jest.setTimeout(120_000);

const LEASES = 100;
const RATE = 10n;
const uact = (amount: bigint) => ({ denom: 'uact', amount: new Decimal(amount.toString()) });

let world: World;
afterEach(async () => world.close());

/** A lease as the chain holds it, on an account that pays `blocks` blocks from now on. */
const placeLease = (dseq: bigint, blocks: bigint, state: Lease['state'] = 'active'): BidId => {
  const { market } = world.chain;
  const id = bidOf({ owner: TENANT, dseq, gseq: 1, oseq: 1 }, PROVIDER);
  const deployment: Deployment = {
    ...{ id: { owner: TENANT, dseq }, state: 'active', hash: new Uint8Array(32) },
    createdAt: market.height,
    groups: [{ id, state: 'open', spec: aGroup({ gpus: 0 }), createdAt: market.height }],
    escrow: {
      ...{ state: 'open', settledAt: market.height, transferred: [] },
      funds: [uact(RATE * blocks)],
    },
  };
  const lease: Lease = {
    ...{ id, state, price: uact(RATE), createdAt: market.height, closedOn: 0n, reason: '' },
    payment: {
      ...{ state: 'open', rate: uact(RATE), balance: uact(0n), unsettled: uact(0n) },
      withdrawn: { denom: 'uact', amount: 0n },
    },
  };
  market.deployments.set(formatDeploymentId(id), deployment);
  market.leases.set(formatBidId(id), lease);
  return id;
};
/** As if all the money but that for `blocks` blocks had been paid and withdrawn up to now. */
const leaveBlocks = (id: BidId, blocks: bigint): void => {
  const { market } = world.chain;
  const lease = leaseOf(id);
  const deployment = market.deployments.get(formatDeploymentId(id));
  if (lease?.payment === undefined || deployment === undefined) throw new Error('no lease');
  const amount = RATE * (market.height - lease.createdAt);
  const payment = { ...lease.payment, balance: uact(0n), withdrawn: { denom: 'uact', amount } };
  const escrow = { ...deployment.escrow, settledAt: market.height, funds: [uact(RATE * blocks)] };
  market.leases.set(formatBidId(id), { ...lease, payment });
  market.deployments.set(formatDeploymentId(id), { ...deployment, escrow });
};
const leaseOf = (id: BidId): Lease | undefined => world.chain.market.leases.get(formatBidId(id));
/** Blocks between the last that was paid and the end of the lease. */
const unpaidBlocks = (id: BidId): number => {
  const lease = leaseOf(id);
  if (lease?.payment === undefined || lease.closedOn === 0n) throw new Error('it has not ended');
  const paid = lease.payment.withdrawn.amount / RATE;
  return Number(lease.closedOn - lease.createdAt - paid);
};
const conditionOf = async (id: BidId, type: string): Promise<string | undefined> => {
  const object = await world.kube.get(COMPUTE_LEASES, { name: leaseNamespace(id) });
  return findCondition(object?.status?.conditions, type)?.reason;
};

describe('leases that run dry', () => {
  it('a hundred at once and one after the other: none runs more than two blocks unpaid', async () => {
    const timings = {
      ...{ recountMs: 1000, compareMs: 5000, leaseResyncMs: 60_000, fundsMs: 1000 },
      ...{ statusMs: 1000, historyMs: 1000, staleAfterMs: 20_000 },
    };
    const leases = { withdrawalPeriodSeconds: 100_000 };
    world = await createWorld({ blockEveryMs: 100, timings, leases });
    const ids = Array.from({ length: LEASES }, (_, i) =>
      placeLease(BigInt(i + 1), 1_000_000n, i % 10 === 9 ? 'reclaiming' : 'active'),
    );
    world.start();
    const isKept = async (id: BidId): Promise<boolean> =>
      (await conditionOf(id, 'FundsLow')) === 'EscrowLasts';
    for (const id of ids) await world.until('a lease kept', () => isKept(id), 60_000);
    // Half of them end in the same block, the others one by one.
    ids.forEach((id, i) => leaveBlocks(id, i < LEASES / 2 ? 30n : BigInt(30 + i - LEASES / 2)));
    const goOn = (): number => ids.filter((id) => leaseOf(id)?.closedOn === 0n).length;
    await world.until('every end', () => goOn() === 0, 60_000);
    const unpaid = ids.map(unpaidBlocks);
    expect(Math.max(...unpaid)).toBeLessThanOrEqual(2);
    expect(Math.min(...unpaid)).toBeGreaterThanOrEqual(1);
    expect(new Set(ids.map((id) => leaseOf(id)?.state))).toEqual(new Set(['insufficient_funds']));
  });

  it('the tenant is warned in time, a deposit clears the warning, and the lease lives on', async () => {
    world = await createWorld({ blockEveryMs: 30 });
    world.start();
    // The warning comes at 60 blocks of a second each.
    const id = placeLease(1n, 110n);
    await world.until(
      'that it lasts',
      async () => (await conditionOf(id, 'FundsLow')) === 'EscrowLasts',
    );
    await world.until(
      'the warning',
      async () => (await conditionOf(id, 'FundsLow')) === 'EscrowRunningOut',
    );
    expect(await conditionOf(id, 'Funded')).toBe('EscrowPays');
    void world.chain.laneFor({ address: TENANT }).submit([
      {
        ...{ type: 'deposit-deployment', id: { owner: TENANT, dseq: 1n }, signer: TENANT },
        amount: { denom: 'uact', amount: RATE * 10_000n },
      },
    ]);
    await world.until(
      'the end of the warning',
      async () => (await conditionOf(id, 'FundsLow')) === 'EscrowLasts',
    );
    for (const reason of ['EscrowRunningOut', 'EscrowToppedUp'])
      await world.until(`the Event ${reason}`, async () =>
        (await world.kube.list(EVENTS)).items.some((e) => e.reason === reason),
      );
    expect(leaseOf(id)?.state).toBe('active');
  });

  it('a halt of the chain costs nobody anything: no block, no rate, no withdrawal, and the books agree after it', async () => {
    world = await createWorld({ blockEveryMs: 15, leases: { withdrawalPeriodSeconds: 10 } });
    world.start();
    const id = placeLease(1n, 100_000n);
    const withdrawn = (): bigint => leaseOf(id)?.payment?.withdrawn.amount ?? 0n;
    await world.until('a withdrawal', () => withdrawn() > 0n);
    world.chain.dead = true;
    const [height, sent] = [world.chain.height, world.chain.submissions.length];
    // The view goes stale meanwhile: nothing is sent into the dark.
    await world.until('that the halt is noticed', () => world.notReady()?.code === 'ChainStale');
    expect([world.chain.height, world.chain.submissions.length]).toEqual([height, sent]);
    world.chain.dead = false;
    const before = withdrawn();
    await world.until('another withdrawal', () => withdrawn() > before);
    const lease = leaseOf(id);
    const account = world.chain.market.deployments.get(formatDeploymentId(id))?.escrow;
    expect(withdrawn()).toBe(RATE * ((account?.settledAt ?? 0n) - (lease?.createdAt ?? 0n)));
    expect(await world.metrics().registry.metrics()).toContain('berth_earnings_missing_uact 0');
  });
});
