/**
 * Killed at every step of the way (kill -9, on real parts), operator and gateway come back by themselves and the end is the
 * same: one bid per order, the lease served, ended for the tenant's reason only, and nothing left or held.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DEPLOYMENTS, NAMESPACES, SECRETS } from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { BidId, OrderId } from '../../market/ids.js';
import { afterTests } from '../after-tests.js';
import { waitFor } from '../peers/wait.js';
import { startChainGate } from '../stack/chain-gate.js';
import type { ChainGate } from '../stack/chain-gate.js';
import { startStack } from '../stack/stack.js';
import type { Stack } from '../stack/stack.js';
import {
  expectAllGone,
  expectBidState,
  expectCondition,
  expectLeaseEnd,
  expectNothingHeld,
  expectPhase,
  expectWithdrawal,
  intentsOf,
  leaseOf,
  providerOf,
} from './expectations.js';
import { holdNamespace } from './namespace-hold.js';
import { changeProvider } from './settings.js';
import { exampleSdl, Tenant } from './tenant.js';

jest.setTimeout(400_000);

const PATIENCE = { timeoutMs: 90_000 };

let dir: string;
let gate: ChainGate;
let stack: Stack;
let tenant: Tenant;
const atEnd = afterTests();
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'berth-kills-'));
  atEnd(() => {
    if (process.env['BERTH_KEEP_RUN'] === undefined) rmSync(dir, { recursive: true, force: true });
    else console.log(`kept: ${dir}`);
  });
  stack = await startStack({
    dir,
    blockTimeMs: 200,
    provider: { withdrawalPeriodSeconds: 3 },
    chainThrough: async (rpcUrl) => {
      gate = await startChainGate(rpcUrl);
      atEnd(() => gate.stop());
      return gate.url;
    },
    operator: {
      leaderElection: {
        enabled: true,
        leaseDurationMs: 3_000,
        renewDeadlineMs: 2_000,
        retryPeriodMs: 300,
      },
    },
  });
  atEnd(() => stack.stop());
  tenant = await Tenant.of(stack);
  atEnd(() => {
    tenant.close();
  });
  await expectCondition(stack, 'Bidding', 'Bidding');
});

const openOrder = async (
  dseq: bigint,
): Promise<{ order: OrderId; sdl: Awaited<ReturnType<typeof exampleSdl>> }> => {
  const sdl = await exampleSdl('training-job');
  return { sdl, order: await tenant.openOrder(sdl, dseq) };
};

/** On chain and on the way there: one bid on this order, however often the operator began anew. */
const expectOneBid = async (order: OrderId): Promise<void> => {
  expect(gate.bidsSentOn(order)).toHaveLength(1);
  expect(await tenant.reader.bidsOnOrder(order)).toHaveLength(1);
};

/** The lease ended because its tenant wanted it so, and nothing of it is left. */
const expectTenantsEnd = async (id: BidId): Promise<void> => {
  await expectLeaseEnd(tenant.reader, id, 'lease_closed_owner');
  await expectAllGone(stack, id);
  await expectBidState(stack, id, 'Closed');
  await expectOneBid(id);
  await expectNothingHeld(stack);
};

const namespaceOf = (id: BidId) => stack.api.get(NAMESPACES, { name: leaseNamespace(id) });

describe('the operator is killed', () => {
  it('with an order seen, with an intent written, with its bid in a block: it bids once', async () => {
    await changeProvider(stack, { bidding: { paused: true } });
    await expectCondition(stack, 'Bidding', 'Paused');
    const { order } = await openOrder(1n);
    await waitFor(
      'the order to be seen',
      async () => (await providerOf(stack)).status?.orders?.open === 1 || undefined,
      PATIENCE,
    );
    await stack.operator.kill({ hold: true });
    expect(gate.bidsSentOn(order)).toEqual([]);

    gate.hold();
    await changeProvider(stack, { bidding: { paused: false } });
    stack.operator.release();
    await waitFor(
      'a bid on its way',
      async () => gate.bidsSentOn(order).length > 0 || undefined,
      PATIENCE,
    );
    await stack.operator.kill({ hold: true });
    expect(await intentsOf(stack)).toHaveLength(1);
    expect(gate.bidsSentOn(order)).toHaveLength(1);
    expect(await tenant.reader.bidsOnOrder(order)).toEqual([]);

    gate.open();
    stack.operator.release();
    const bid = await tenant.waitForBid(order);
    await stack.operator.kill();
    await expectBidState(stack, bid.id, 'Open');
    await expectCondition(stack, 'Bidding', 'Bidding');
    await waitFor(
      'its capacity to be held and its intent to be gone',
      async () =>
        ((await providerOf(stack)).status?.gpus?.reserved === 8 &&
          (await intentsOf(stack)).length === 0) ||
        undefined,
      PATIENCE,
    );
    await expectOneBid(order);
    expect((await tenant.reader.bid(bid.id))?.state).toBe('open');

    await tenant.closeDeployment(order);
    await expectBidState(stack, bid.id, 'Closed');
    await expectNothingHeld(stack);
  });

  it('with a lease won, its namespace made, its manifest received, its Deployment applied: it serves the lease', async () => {
    const { order, sdl } = await openOrder(2n);
    const { id } = await tenant.waitForBid(order);
    await stack.operator.kill({ hold: true });
    await tenant.acceptBid(id);
    expect(await namespaceOf(id)).toBeUndefined();
    stack.operator.release();

    await waitFor('its namespace', () => namespaceOf(id), PATIENCE);
    await stack.operator.kill();
    await expectPhase(stack, id, 'AwaitingManifest');

    await stack.operator.kill({ hold: true });
    expect((await tenant.sendManifest(order, sdl.manifest)).status).toBe(200);
    const secret = { name: leaseNamespace(id), namespace: stack.namespace };
    expect(await stack.api.get(SECRETS, secret)).toBeDefined();
    const deployment = { name: 'train', namespace: leaseNamespace(id) };
    expect(await stack.api.get(DEPLOYMENTS, deployment)).toBeUndefined();
    stack.operator.release();

    await waitFor('its Deployment', () => stack.api.get(DEPLOYMENTS, deployment), PATIENCE);
    await stack.operator.kill();
    const served = await expectPhase(stack, id, 'Scheduled');
    expect(served.spec.placement[0]?.gpus).toBe(8);
    expect((await tenant.reader.lease(id))?.state).toBe('active');

    await tenant.closeDeployment(order);
    await expectTenantsEnd(id);
  });

  it('after a withdrawal, after the end of the lease on chain, while the namespace terminates: everything goes', async () => {
    const { order, sdl } = await openOrder(3n);
    const { id } = await tenant.waitForBid(order);
    await tenant.acceptBid(id);
    expect((await tenant.sendManifest(order, sdl.manifest)).status).toBe(200);
    await expectPhase(stack, id, 'Scheduled');
    const paid = await expectWithdrawal(tenant.reader, id, 0n);
    await stack.operator.kill();
    await expectWithdrawal(tenant.reader, id, paid);
    await waitFor(
      'the withdrawal in the status',
      async () => (await leaseOf(stack, id))?.status?.lastWithdrawal,
      PATIENCE,
    );
    expect((await leaseOf(stack, id))?.status?.phase).toBe('Scheduled');

    const letGo = await holdNamespace(stack, leaseNamespace(id));
    await stack.operator.kill({ hold: true });
    await tenant.closeDeployment(order);
    expect((await namespaceOf(id))?.metadata.deletionTimestamp).toBeUndefined();
    stack.operator.release();

    await waitFor(
      'its namespace to terminate',
      async () => (await namespaceOf(id))?.metadata.deletionTimestamp,
      PATIENCE,
    );
    await stack.operator.kill();
    const closing = await expectPhase(stack, id, 'Closing');
    expect(closing.status?.closeReason).toBe('lease_closed_owner');
    await letGo();
    await expectTenantsEnd(id);
  });
});

describe('the gateway is killed', () => {
  it('in the middle of a manifest: the retry succeeds; then both, while the tenant closes: everything goes', async () => {
    const { order, sdl } = await openOrder(4n);
    const { id } = await tenant.waitForBid(order);
    await tenant.acceptBid(id);
    await expectPhase(stack, id, 'AwaitingManifest');

    const path = `/deployment/${order.dseq}/manifest`;
    const half = await tenant.request('PUT', path, { 'content-length': sdl.manifest.length });
    const broken = new Promise<Error>((resolve) => half.on('error', resolve));
    await new Promise((resolve) => {
      half.write(sdl.manifest.subarray(0, sdl.manifest.length >> 1), resolve);
    });
    await stack.gateway.kill();
    expect(await broken).toMatchObject({ code: 'ECONNRESET' });
    expect(
      await stack.api.get(SECRETS, { name: leaseNamespace(id), namespace: stack.namespace }),
    ).toBeUndefined();

    const answer = await waitFor(
      'the gateway to answer again',
      () => tenant.sendManifest(order, sdl.manifest),
      PATIENCE,
    );
    expect(answer.status).toBe(200);
    await expectPhase(stack, id, 'Scheduled');

    await Promise.all([stack.operator.kill({ hold: true }), stack.gateway.kill({ hold: true })]);
    await tenant.closeDeployment(order);
    expect(await namespaceOf(id)).toBeDefined();
    stack.operator.release();
    stack.gateway.release();
    await expectTenantsEnd(id);
    const gone = await waitFor(
      'the gateway to answer again',
      () => tenant.leaseStatus(id),
      PATIENCE,
    );
    expect(gone.status).toBe(404);
  });
});

describe('the operator is told to stop', () => {
  it('it ends in order, its open bid stays open, and it takes the bid up again', async () => {
    const { order } = await openOrder(5n);
    const { id } = await tenant.waitForBid(order);
    expect(await stack.operator.terminate({ hold: true })).toBe('exit status 0');
    const asked = (await tenant.reader.head()).height;
    await waitFor(
      'more blocks',
      async () => (await tenant.reader.head()).height > asked + 5n || undefined,
      PATIENCE,
    );
    expect((await tenant.reader.bid(id))?.state).toBe('open');
    stack.operator.release();
    await expectBidState(stack, id, 'Open');
    await waitFor(
      'its capacity to be held',
      async () => (await providerOf(stack)).status?.gpus?.reserved === 8 || undefined,
      PATIENCE,
    );
    await expectOneBid(order);
    await tenant.closeDeployment(order);
    await expectNothingHeld(stack);
  });
});
