/** What goes wrong on a node under a lease, and what tenant and provider are told of it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { imageReference } from '../../hack/images/images.js';
import type { Pod } from '../../kube/core-objects.js';
import { PODS } from '../../kube/resources.js';
import { expectAllGone, expectPhase, providerOf } from '../e2e/expectations.js';
import type { NodeInventory } from '../peers/node/types.js';
import { waitFor } from '../peers/wait.js';
import { describeOnNode } from './describe-on-node.js';
import {
  clusterAddress,
  expectAnswer,
  expectSameInventory,
  expectTrouble,
  get,
  lastEnding,
  PATIENCE,
  podOf,
} from './looking.js';
import { type RealLease, type RealStack, startRealStack } from './real-stack.js';
import { smallSdl } from './sdl.js';

jest.setTimeout(240_000);

const WEB = { image: imageReference('web'), port: 80 };
/** Ends at once when told to, so that tests need not wait for its grace. */
const STAY = 'trap "exit 0" TERM; sleep 3600 & wait';
const SH = { image: imageReference('web'), command: ['sh', '-c'] };

describeOnNode('under a lease', () => {
  let real: RealStack;
  let before: NodeInventory;
  let lease: RealLease | undefined;
  beforeAll(async () => {
    real = await startRealStack();
    before = await real.node.inventory();
  });
  afterAll(async () => {
    await real.stop();
  });
  beforeEach(() => {
    lease = undefined;
  });
  afterEach(async () => {
    if (lease === undefined) return;
    await real.tenant.closeDeployment(lease.order);
    await expectAllGone(real.stack, lease.id);
  });

  const gpusForSale = (count: number): Promise<true> =>
    waitFor(
      `${count} GPUs to be for sale`,
      async () => {
        const gpus = (await providerOf(real.stack)).status?.gpus;
        return gpus?.available === count || undefined;
      },
      PATIENCE,
    );
  const skippedFor = async (reason: string): Promise<number> =>
    (await providerOf(real.stack)).status?.skippedByReason?.[reason] ?? 0;
  const isActive = async ({ id }: RealLease): Promise<boolean> =>
    (await real.tenant.reader.lease(id))?.state === 'active';

  it('an ill device is not sold; when it is well again, the order that waits gets its bid', async () => {
    await gpusForSale(4);
    for (const which of ['0', '1', '2']) real.node.gpus.setHealth(which, false);
    await gpusForSale(1);
    const skipped = await skippedFor('InsufficientGpus');
    const sdl = await smallSdl({ ...WEB, gpus: 2 });
    const order = await real.tenant.openOrder(sdl, 8001n);
    await waitFor(
      'the order to be passed over for its GPUs',
      async () => (await skippedFor('InsufficientGpus')) > skipped || undefined,
      PATIENCE,
    );
    expect(await real.tenant.reader.bidsOnOrder(order)).toEqual([]);

    for (const which of ['0', '1', '2']) real.node.gpus.setHealth(which, true);
    expect((await real.tenant.waitForBid(order)).state).toBe('open');
    await real.tenant.closeDeployment(order);
    await gpusForSale(4);
  });

  it('a device that falls ill during a lease ends the bids on it, not the lease', async () => {
    lease = await real.lease(await smallSdl({ ...WEB, gpus: 4 }));
    await expectPhase(real.stack, lease.id, 'Running');
    const pod = await podOf(real, lease);
    await gpusForSale(0);
    real.node.gpus.setHealth('3', false);
    const node = await waitFor(
      'the node to offer three',
      async () => {
        const text = await real.kubectl('get', 'node', 'real', '-o', 'json');
        const { status } = JSON.parse(text) as {
          status: Record<'capacity' | 'allocatable', Record<string, string>>;
        };
        return status.allocatable['nvidia.com/gpu'] === '3' ? status : undefined;
      },
      PATIENCE,
    );
    expect(node.capacity['nvidia.com/gpu']).toBe('4');
    // Never a negative or an absurd number: the four that are used are more than the three that are left.
    await gpusForSale(0);
    expect((await podOf(real, lease)).metadata.uid).toBe(pod.metadata.uid);
    await expectPhase(real.stack, lease.id, 'Running');
    expect(await isActive(lease)).toBe(true);
    await real.node.gpus.restart();
    await real.tenant.closeDeployment(lease.order);
    await gpusForSale(4);
    await expectAllGone(real.stack, lease.id);
    lease = undefined;
  });

  it('an image that does not exist is named in the status, and the lease stays', async () => {
    lease = await real.lease(await smallSdl({ image: 'berth.local/nowhere:7' }));
    const trouble = await expectTrouble(real, lease, /ErrImagePull|ImagePullBackOff/);
    expect(trouble).toContain('berth.local/nowhere:7');
    await expectPhase(real.stack, lease.id, 'Deploying');
    expect(await isActive(lease)).toBe(true);
  });

  it('a container that ends at once is told as a crash loop', async () => {
    lease = await real.lease(await smallSdl({ ...SH, args: ['echo no >&2; exit 3'] }));
    await expectTrouble(real, lease, /^CrashLoopBackOff/);
    expect((await lastEnding(real, lease))?.exitCode).toBe(3);
    expect(await isActive(lease)).toBe(true);
  });

  it('a container that ignores SIGTERM is gone after its grace', async () => {
    const stubborn = "trap '' TERM; while :; do sleep 1; done";
    lease = await real.lease(await smallSdl({ ...SH, args: [stubborn] }));
    await expectPhase(real.stack, lease.id, 'Running');
    await real.tenant.closeDeployment(lease.order);
    await expectAllGone(real.stack, lease.id);
    lease = undefined;
  });

  it('a container that outgrows its memory is killed, started again, and its lease stays', async () => {
    const server = { image: imageReference('node-server'), memory: '128Mi', cpu: 0.5 };
    lease = await real.lease(await smallSdl(server));
    await expectPhase(real.stack, lease.id, 'Running');
    const url = `http://${await clusterAddress(real, lease, 'app')}`;
    await expectAnswer(`${url}/`);
    await expect(get(`${url}/allocate?mib=512`)).rejects.toThrow(/hang up|ECONNRESET/);
    const killed = lease;
    const reason = await waitFor(
      'the kubelet to report what happened',
      async () => (await lastEnding(real, killed))?.reason,
      PATIENCE,
    );
    expect(reason).toBe('OOMKilled');
    await expectPhase(real.stack, lease.id, 'Running');
    await expectAnswer(`${url}/`);
    expect(await isActive(lease)).toBe(true);
  });

  it('a pod that fills more disk than it bought is evicted and replaced', async () => {
    const filler = `dd if=/dev/zero of=/tmp/full bs=1M count=64; ${STAY}`;
    const filling = await smallSdl({ ...SH, args: [filler], storage: '32Mi', cpu: 0.5 });
    lease = await real.lease(filling);
    const filled = lease;
    const evicted = await waitFor<Pod>(
      'a pod to be evicted',
      async () => {
        const { items } = await real.stack.api.list(PODS, { namespace: filled.namespace });
        return items.find((p) => p.status?.reason === 'Evicted');
      },
      { timeoutMs: 150_000, intervalMs: 500 }, // what a container wrote is measured seldom
    );
    expect(evicted.status?.message).toMatch(/ephemeral local storage usage exceeds/);
    await waitFor(
      'another pod in its place',
      async () => (await podOf(real, filled)).metadata.uid,
      PATIENCE,
    );
    expect(await isActive(lease)).toBe(true);
  });

  it('nothing of all these leases is left on the node', async () => {
    await expectSameInventory(real, before);
    await gpusForSale(4);
  });
});
