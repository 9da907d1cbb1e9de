/**
 * Peers that go away, money that runs out, capacity and patience that end: each has its named reason, harms no lease, and is
 * recovered from without a hand.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DEPLOYMENTS, NAMESPACES } from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { BidId, OrderId } from '../../market/ids.js';
import type { Bid } from '../../market/records.js';
import { afterTests } from '../after-tests.js';
import { waitFor } from '../peers/wait.js';
import { startStack } from '../stack/stack.js';
import type { Stack } from '../stack/stack.js';
import {
  expectAllGone,
  expectBidState,
  expectCondition,
  expectLeaseEnd,
  expectNothingHeld,
  expectPhase,
  expectSkipped,
  leaseOf,
  providerOf,
} from './expectations.js';
import { changeGpuPrice, changeProvider } from './settings.js';
import { exampleSdl, Tenant } from './tenant.js';

jest.setTimeout(400_000);

const PATIENCE = { timeoutMs: 90_000 };

let dir: string;
let stack: Stack;
let tenant: Tenant;
const atEnd = afterTests();
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'berth-outages-'));
  atEnd(() => {
    if (process.env['BERTH_KEEP_RUN'] === undefined) rmSync(dir, { recursive: true, force: true });
    else console.log(`kept: ${dir}`);
  });
  stack = await startStack({ dir, blockTimeMs: 200 });
  atEnd(() => stack.stop());
  tenant = await Tenant.of(stack);
  atEnd(() => {
    tenant.close();
  });
  await expectCondition(stack, 'Bidding', 'Bidding');
});

/** Opens an order like an example's and waits for our bid. */
const bidOn = async (example: string, dseq: bigint): Promise<Bid> =>
  tenant.waitForBid(await tenant.openOrder(await exampleSdl(example), dseq));

/** The lease is what it was: alive on chain, its namespace and object not going away. */
const expectUnharmed = async (id: BidId): Promise<void> => {
  const name = leaseNamespace(id);
  const namespace = await stack.api.get(NAMESPACES, { name });
  expect(namespace).toBeDefined();
  expect(namespace?.metadata.deletionTimestamp).toBeUndefined();
  const lease = await leaseOf(stack, id);
  expect(lease).toBeDefined();
  expect(lease?.metadata.deletionTimestamp).toBeUndefined();
};

describe('a peer goes away', () => {
  it('the chain: no bids, no teardown, manifests refused with a reason; then all goes on', async () => {
    const sdl = await exampleSdl('web-service');
    const order = await tenant.openOrder(sdl, 101n);
    const { id } = await tenant.waitForBid(order);
    await tenant.acceptBid(id);
    await expectPhase(stack, id, 'AwaitingManifest');

    await stack.chain.kill();
    expect(await expectCondition(stack, 'ChainSynced', 'ChainStale')).toMatch(
      /^The last block seen is \d+, \d+ s ago; no bids and no teardown until a new one is seen\. \(127\.0\.0\.1:\d+: NotAnswering\)$/,
    );
    await expectCondition(stack, 'Bidding', 'ChainStale');
    await expectCondition(stack, 'Ready', 'ChainStale');
    const refusal = await tenant.refusedManifest(order, sdl.manifest);
    expect(refusal).toMatchObject({ status: 503, code: 'ChainUnavailable', retryAfterSeconds: 5 });
    await expectUnharmed(id);
    expect((await leaseOf(stack, id))?.status?.phase).toBe('AwaitingManifest');

    await stack.chain.restart();
    await expectCondition(stack, 'ChainSynced', 'Fresh');
    await expectCondition(stack, 'Bidding', 'Bidding');
    expect((await tenant.reader.lease(id))?.state).toBe('active');
    const answer = await waitFor(
      'the gateway to take the manifest',
      async () => {
        const { status } = await tenant.sendManifest(order, sdl.manifest);
        return status === 503 ? undefined : status;
      },
      PATIENCE,
    );
    expect(answer).toBe(200);
    await expectPhase(stack, id, 'Scheduled');
    const next = await bidOn('notebook', 102n);
    await tenant.closeDeployment(next.id);
    await tenant.closeDeployment(id);
    await expectAllGone(stack, id);
  });

  it('the API server: leases and bids stay, manifests are refused with a reason; then the next order is bid on', async () => {
    const sdl = await exampleSdl('web-service');
    const served = await tenant.openOrder(sdl, 201n);
    const { id } = await tenant.waitForBid(served);
    await tenant.acceptBid(id);
    expect((await tenant.sendManifest(served, sdl.manifest)).status).toBe(200);
    await expectPhase(stack, id, 'Scheduled');
    const waiting = await bidOn('notebook', 202n);
    await expectBidState(stack, waiting.id, 'Open');

    const starts = stack.operator.starts();
    await stack.cluster.stopApiServer();
    const opened = await tenant.openOrder(await exampleSdl('training-job'), 203n);
    const refusal = await tenant.refusedManifest(served, sdl.manifest);
    expect(refusal).toMatchObject({
      status: 503,
      code: 'ClusterUnavailable',
      retryAfterSeconds: 5,
    });
    // A leader that cannot renew must end, because another may lead by now.
    await waitFor(
      'the operator to end and begin anew',
      async () => stack.operator.starts() > starts || undefined,
      PATIENCE,
    );
    expect(await tenant.reader.bidsOnOrder(opened)).toEqual([]);
    expect((await tenant.reader.lease(id))?.state).toBe('active');

    await stack.cluster.startApiServer();
    const bid = await tenant.waitForBid(opened);
    await expectBidState(stack, bid.id, 'Open');
    await expectUnharmed(id);
    await expectPhase(stack, id, 'Scheduled');
    expect(
      await stack.api.get(DEPLOYMENTS, { name: 'web', namespace: leaseNamespace(id) }),
    ).toBeDefined();
    expect((await tenant.reader.lease(id))?.state).toBe('active');
    expect((await tenant.reader.bid(waiting.id))?.state).toBe('open');
    await expectBidState(stack, waiting.id, 'Open');
    await expectCondition(stack, 'Ready', 'Ready');

    for (const order of [opened, waiting.id, served]) await tenant.closeDeployment(order);
    await expectLeaseEnd(tenant.reader, id, 'lease_closed_owner');
    await expectAllGone(stack, id);
    await expectNothingHeld(stack);
  });
});

describe('something runs out', () => {
  it('the wallet: no bid until it is topped up', async () => {
    const wallet = await Tenant.of(stack, 'provider');
    const friend = await Tenant.of(stack, 'otherTenant');
    const uaktOf = async (address: string): Promise<bigint> =>
      (await tenant.reader.balances(address)).find((c) => c.denom === 'uakt')?.amount ?? 0n;
    try {
      const leave = 900_000n; // less than the reserve of a million
      const amount = (await uaktOf(wallet.address)) - leave;
      await wallet.submit({
        ...{ type: 'send', from: wallet.address, to: friend.address },
        amount: [{ denom: 'uakt', amount }],
      });
      expect(await expectCondition(stack, 'Funded', 'WalletLow')).toContain(
        `send uakt to ${wallet.address}`,
      );
      const order = await tenant.openOrder(await exampleSdl('notebook'), 301n);
      await expectSkipped(stack, 'InsufficientFunds');
      expect(await tenant.reader.bidsOnOrder(order)).toEqual([]);

      await friend.submit({
        ...{ type: 'send', from: friend.address, to: wallet.address },
        amount: [{ denom: 'uakt', amount: 100_000_000n }],
      });
      const { id } = await tenant.waitForBid(order);
      await expectCondition(stack, 'Funded', 'Funded');
      await tenant.closeDeployment(order);
      await expectBidState(stack, id, 'Closed');
    } finally {
      wallet.close();
      friend.close();
    }
  });

  it('the GPUs: the next order is skipped for that reason, and bid on once there is room', async () => {
    await expectNothingHeld(stack);
    const orders: OrderId[] = [];
    for (const dseq of [401n, 402n, 403n]) orders.push((await bidOn('training-job', dseq)).id);
    const next = await tenant.openOrder(await exampleSdl('training-job'), 404n);
    await expectSkipped(stack, 'InsufficientGpus');
    expect(await tenant.reader.bidsOnOrder(next)).toEqual([]);
    const [first, ...others] = orders;
    if (first === undefined) throw new Error('no order was bid on');
    await tenant.closeDeployment(first);
    await tenant.waitForBid(next);
    for (const order of [...others, next]) await tenant.closeDeployment(order);
    await expectNothingHeld(stack);
  });

  it('the escrow: the lease ends as unfunded and everything of it goes', async () => {
    // At this price the least deposit pays for some fifty of the devnet's short blocks.
    await changeGpuPrice(stack, '24');
    const sdl = await exampleSdl('training-job');
    const order = await tenant.openOrder(sdl, 501n, 500_000n);
    const { id } = await tenant.waitForBid(order);
    await tenant.acceptBid(id);
    expect((await tenant.sendManifest(order, sdl.manifest)).status).toBe(200);
    await waitFor(
      'its Deployment',
      () => stack.api.get(DEPLOYMENTS, { name: 'train', namespace: leaseNamespace(id) }),
      PATIENCE,
    );
    await changeGpuPrice(stack);
    await expectLeaseEnd(tenant.reader, id, 'lease_closed_reason_insufficient_funds');
    expect((await tenant.reader.lease(id))?.state).toBe('insufficient_funds');
    await expectAllGone(stack, id);
    await expectNothingHeld(stack);
  });
});

describe('patience ends', () => {
  it('with a tenant who sends no manifest: the lease is closed for that reason and everything goes', async () => {
    const { id } = await bidOn('web-service', 601n);
    await tenant.acceptBid(id);
    await expectPhase(stack, id, 'AwaitingManifest');
    expect((await tenant.reader.lease(id))?.state).toBe('active');
    await changeProvider(stack, { leases: { manifestTimeoutSeconds: 5 } });
    await expectLeaseEnd(tenant.reader, id, 'lease_closed_reason_manifest_timeout');
    await changeProvider(stack, { leases: { manifestTimeoutSeconds: 300 } });
    await expectAllGone(stack, id);
    await expectBidState(stack, id, 'Closed');
  });

  it('with a tenant who accepts no bid: the bid is closed, its capacity is free, and the order is left alone', async () => {
    await expectNothingHeld(stack);
    const { id } = await bidOn('training-job', 602n);
    await waitFor(
      'its GPUs to be reserved',
      async () => (await providerOf(stack)).status?.gpus?.reserved === 8 || undefined,
      PATIENCE,
    );
    await changeProvider(stack, { bidding: { timeoutSeconds: 5, idleTimeoutSeconds: 5 } });
    const closed = await expectBidState(stack, id, 'Closed');
    expect(closed.status?.reason).toBe('BidClosed');
    await expectNothingHeld(stack);
    await changeProvider(stack, { bidding: { timeoutSeconds: 300 } });
    const bids = await tenant.reader.bidsOnOrder(id);
    expect(bids.map((b) => b.state)).toEqual(['closed']);
    await tenant.closeDeployment(id);
  });
});
