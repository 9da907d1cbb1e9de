/** The main job on real parts: an order on chain becomes a placed, paid lease, and goes away again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { KubeObject } from '../../crds/object.js';
import {
  DEPLOYMENTS,
  INGRESSES,
  NETWORK_POLICIES,
  RESOURCE_QUOTAS,
  SERVICES,
} from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import { afterTests } from '../after-tests.js';
import { waitFor } from '../peers/wait.js';
import { startStack } from '../stack/stack.js';
import type { Stack } from '../stack/stack.js';
import {
  expectAllGone,
  expectBidState,
  expectCondition,
  expectNothingHeld,
  expectPhase,
  expectScheduledPods,
  leaseOf,
  providerOf,
} from './expectations.js';
import { exampleSdl, Tenant } from './tenant.js';

jest.setTimeout(180_000);

let dir: string;
let stack: Stack;
let tenant: Tenant;
const atEnd = afterTests();
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'berth-main-job-'));
  atEnd(() => {
    if (process.env['BERTH_KEEP_RUN'] === undefined) rmSync(dir, { recursive: true, force: true });
    else console.log(`kept: ${dir}`);
  });
  stack = await startStack({ dir, blockTimeMs: 200, provider: { withdrawalPeriodSeconds: 3 } });
  atEnd(() => stack.stop());
  tenant = await Tenant.of(stack);
  atEnd(() => {
    tenant.close();
  });
  await expectCondition(stack, 'Bidding', 'Bidding');
});

const names = async (
  kind: Parameters<Stack['api']['list']>[0],
  namespace: string,
): Promise<readonly string[]> =>
  (await stack.api.list(kind, { namespace })).items.map((o: KubeObject) => o.metadata.name).sort();

describe('the main job', () => {
  it('an 8-GPU training job is bid on, won, placed on the reserved node, paid, and removed', async () => {
    const sdl = await exampleSdl('training-job');
    const order = await tenant.openOrder(sdl, 1001n);
    const bid = await tenant.waitForBid(order);
    expect(bid.resourcesOffer[0]?.resources.gpu.attributes[0]?.key).toBe(
      'vendor/nvidia/model/h100/ram/80Gi/interface/sxm',
    );
    const object = await expectBidState(stack, bid.id, 'Open');
    const [place] = object.spec.placement;
    expect(place?.gpus).toBe(8);
    expect(place?.node).toMatch(/^h100-\d$/);

    await tenant.acceptBid(bid.id);
    await expectPhase(stack, bid.id, 'AwaitingManifest');
    const namespace = leaseNamespace(bid.id);
    expect(await names(NETWORK_POLICIES, namespace)).not.toEqual([]);
    expect(await names(RESOURCE_QUOTAS, namespace)).not.toEqual([]);

    expect(await tenant.sendManifest(order, sdl.manifest)).toEqual({ status: 200, body: '' });
    const [pod] = await expectScheduledPods(stack, bid.id, 1);
    expect(pod?.spec.nodeName).toBe(place?.node);
    expect(pod?.spec.containers[0]?.resources?.limits?.['nvidia.com/gpu']).toBe('8');
    const lease = await expectPhase(stack, bid.id, 'Scheduled');
    expect(lease.spec.gpus).toBe(8);
    expect(lease.spec.gpuModel).toBe('h100');
    expect(await names(DEPLOYMENTS, namespace)).toEqual(['train']);
    expect(await names(SERVICES, namespace)).toContain('train');
    expect(await names(INGRESSES, namespace)).toHaveLength(1);

    const status = JSON.parse((await tenant.leaseStatus(bid.id)).body) as {
      services: Record<string, { available: number; uris: string[] }>;
    };
    expect(status.services['train']?.available).toBe(1);
    expect(status.services['train']?.uris[0]).toContain('ingress.example.com');

    const paid = await waitFor(
      'a withdrawal on chain',
      async () => {
        const onChain = await tenant.reader.lease(bid.id);
        return onChain !== undefined && (onChain.payment?.withdrawn.amount ?? 0n) > 0n
          ? onChain
          : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(paid.payment?.withdrawn.denom).toBe('uact');
    await waitFor(
      'the withdrawal in the status',
      async () => (await leaseOf(stack, bid.id))?.status?.lastWithdrawal,
      {
        timeoutMs: 20_000,
      },
    );

    await tenant.closeDeployment(order);
    await expectAllGone(stack, bid.id);
    await expectBidState(stack, bid.id, 'Closed');
    await expectNothingHeld(stack);
    expect((await providerOf(stack)).status?.leases?.active).toBe(0);
  });

  it.each(['inference-server', 'notebook', 'web-service'])(
    'examples/%s.yaml is served',
    async (name) => {
      const sdl = await exampleSdl(name);
      const order = await tenant.openOrder(sdl, BigInt(2000 + name.length));
      const bid = await tenant.waitForBid(order);
      await tenant.acceptBid(bid.id);
      await expectPhase(stack, bid.id, 'AwaitingManifest');
      expect((await tenant.sendManifest(order, sdl.manifest)).status).toBe(200);
      await expectPhase(stack, bid.id, 'Scheduled');
      await tenant.closeDeployment(order);
      await expectAllGone(stack, bid.id);
    },
  );
});

describe('bad input ends in a named reason and harms nothing', () => {
  const reasonOf = (body: string): string => (JSON.parse(body) as { code: string }).code;
  const skipped = (reason: string): Promise<true> =>
    waitFor(
      `an order skipped for ${reason}`,
      async () =>
        ((await providerOf(stack)).status?.skippedByReason?.[reason] ?? 0) > 0 || undefined,
      { timeoutMs: 20_000 },
    );

  it.each<[string, string, (text: string) => string, string]>([
    [
      'an order nothing can fit',
      'training-job',
      (t) => t.replace(/units: 8$/m, 'units: 9'),
      'InsufficientGpus',
    ],
    [
      'a model that is not here',
      'training-job',
      (t) => t.replace('model: h100', 'model: b200'),
      'GpuCapabilityMissing',
    ],
    [
      'an order below our price',
      'training-job',
      (t) => t.replace(/amount: .*/, 'amount: 1'),
      'PriceAboveOrderMaximum',
    ],
  ])('%s', async (_name, example, edit, want) => {
    const order = await tenant.openOrder(
      await exampleSdl(example, edit),
      BigInt(3000 + want.length),
    );
    await skipped(want);
    expect(await tenant.reader.bidsOnOrder(order)).toEqual([]);
    await tenant.closeDeployment(order);
  });

  it('a manifest whose hash differs, and the token of another tenant, are refused; the lease stays', async () => {
    const sdl = await exampleSdl('web-service');
    const order = await tenant.openOrder(sdl, 4001n);
    const bid = await tenant.waitForBid(order);
    await tenant.acceptBid(bid.id);
    await expectPhase(stack, bid.id, 'AwaitingManifest');
    const other = await exampleSdl('notebook');
    const mismatch = await tenant.sendManifest(order, other.manifest);
    expect(mismatch.status).toBe(422);
    expect(reasonOf(mismatch.body)).toBe('ManifestHashMismatch');
    const stranger = await Tenant.of(stack, 'otherTenant');
    await stranger.submit({
      type: 'send',
      from: stranger.address,
      to: stranger.address,
      amount: [{ denom: 'uakt', amount: 1n }],
    });
    const refused = await stranger.leaseStatus(bid.id);
    stranger.close();
    expect(refused.status).toBe(404);
    expect((await tenant.reader.lease(bid.id))?.state).toBe('active');
    await tenant.closeDeployment(order);
    await expectAllGone(stack, bid.id);
  });
});
