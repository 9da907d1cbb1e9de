/** GPUs that fall ill, vanish or are sliced, and the plugin that offers them: what is sold, and what a lease is told. */
import { join } from 'node:path';
import { beforeAll, expect, it, jest } from '@jest/globals';
import { imageReference } from '../../hack/images/images.js';
import { expectAllGone, expectPhase, leaseOf, providerOf } from '../e2e/expectations.js';
import { afterTests } from '../after-tests.js';
import { waitFor } from '../peers/wait.js';
import { describeOnNode } from './describe-on-node.js';
import {
  expectForSale,
  expectLeaseCondition,
  expectStillLeased,
  PATIENCE,
  podOf,
} from './looking.js';
import { type RealLease, type RealStack, startRealStack } from './real-stack.js';
import { smallSdl } from './sdl.js';

jest.setTimeout(240_000);

const WEB = { image: imageReference('web'), port: 80, model: 'h100' };
const SLICE = 'nvidia.com/mig-1g.10gb';

interface NodeView {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly status: Readonly<Record<'capacity' | 'allocatable', Readonly<Record<string, string>>>>;
}

describeOnNode('the GPUs of a real node', () => {
  let real: RealStack;
  const atEnd = afterTests();
  beforeAll(async () => {
    real = await startRealStack(join(import.meta.dirname, 'devices.yaml'));
    atEnd(real.stop);
    await expectForSale(real, 4);
  });

  const skippedFor = async (reason: string): Promise<number> =>
    (await providerOf(real.stack)).status?.skippedByReason?.[reason] ?? 0;
  const lease = async (gpus: number): Promise<RealLease> => {
    const made = await real.lease(await smallSdl({ ...WEB, gpus }));
    await expectPhase(real.stack, made.id, 'Running');
    return made;
  };
  const end = async ({ order, id }: RealLease): Promise<void> => {
    await real.tenant.closeDeployment(order);
    await expectAllGone(real.stack, id);
  };
  const expectNode = (what: string, isSo: (node: NodeView) => boolean): Promise<NodeView> =>
    waitFor(
      `the node to show ${what}`,
      async () => {
        const node = JSON.parse(
          await real.kubectl('get', 'node', 'real', '-o', 'json'),
        ) as NodeView;
        return isSo(node) ? node : undefined;
      },
      PATIENCE,
    );
  const expectOffered = (resource: string, count: number): Promise<NodeView> =>
    expectNode(
      `${count} ${resource}`,
      ({ status }) => status.allocatable[resource] === String(count),
    );
  const visibleIn = async (made: RealLease): Promise<readonly string[]> => {
    const { name } = (await podOf(real, made)).metadata;
    const command = ['sh', '-c', 'echo $NVIDIA_VISIBLE_DEVICES'];
    const said = await real.kubectl('exec', '-n', made.namespace, name, '--', ...command);
    return said.trim().split(',');
  };

  it('an ill one is not sold; when it is well again, the order that waits gets its bid', async () => {
    for (const which of ['0', '1', '2']) real.node.gpus.setHealth(which, false);
    await expectForSale(real, 1);
    const skipped = await skippedFor('InsufficientGpus');
    const order = await real.tenant.openOrder(await smallSdl({ ...WEB, gpus: 2 }), 8001n);
    await waitFor(
      'the order to be passed over for its GPUs',
      async () => (await skippedFor('InsufficientGpus')) > skipped || undefined,
      PATIENCE,
    );
    expect(await real.tenant.reader.bidsOnOrder(order)).toEqual([]);

    for (const which of ['0', '1', '2']) real.node.gpus.setHealth(which, true);
    expect((await real.tenant.waitForBid(order)).state).toBe('open');
    await real.tenant.closeDeployment(order);
    await expectForSale(real, 4);
  });

  it('one that falls ill under a lease is named to it, ends the bids on it, and not the lease', async () => {
    const made = await lease(4);
    const { uid } = (await podOf(real, made)).metadata;
    const [ill = ''] = await visibleIn(made);
    await expectForSale(real, 0);
    real.node.gpus.setHealth(ill, false);
    expect((await expectOffered('nvidia.com/gpu', 3)).status.capacity['nvidia.com/gpu']).toBe('4');

    const words = await expectLeaseCondition(real, made, 'Healthy', 'DeviceUnhealthy');
    expect(words).toBe(
      `The device plugin reports a device ill under app: ${ill}; what runs is left alone.`,
    );
    const told = (await leaseOf(real.stack, made.id))?.status;
    expect(told).toMatchObject({ phase: 'Running', services: [{ ready: 1, illDevices: [ill] }] });
    // Never a negative or an absurd number: the four that are used are more than the three that are left.
    await expectForSale(real, 0);
    expect((await podOf(real, made)).metadata.uid).toBe(uid);
    await expectStillLeased(real, made);

    real.node.gpus.setHealth(ill, true);
    await expectLeaseCondition(real, made, 'Healthy', 'AllReplicasReady');
    await end(made);
    await expectForSale(real, 4);
  });

  it('a plugin that restarts takes nothing from a lease, and sells what it offers again', async () => {
    const made = await lease(2);
    const [uid, devices] = [(await podOf(real, made)).metadata.uid, await visibleIn(made)];
    await real.node.gpus.restart();
    await expectOffered('nvidia.com/gpu', 4);
    await expectForSale(real, 2);
    const second = await lease(2);
    expect([...devices, ...(await visibleIn(second))].toSorted()).toEqual(
      real.node.gpus
        .devices()
        .filter((d) => d.resource === 'nvidia.com/gpu')
        .map((d) => d.uuid)
        .toSorted(),
    );
    expect((await podOf(real, made)).metadata.uid).toBe(uid);
    await expectStillLeased(real, made);
    await Promise.all([end(made), end(second)]);
  });

  it('a pulled one is gone from what is offered, labelled and sold, until it is put back', async () => {
    const labelled = (count: number) =>
      expectNode(
        `the label of ${count} GPUs`,
        ({ metadata }) => metadata.labels['nvidia.com/gpu.count'] === String(count),
      );
    await labelled(4);
    real.node.gpus.shrink(3);
    await labelled(3);
    await expectOffered('nvidia.com/gpu', 3);
    await expectForSale(real, 3);
    await real.node.gpus.restart();
    await labelled(4);
    await expectForSale(real, 4);
  });

  it('slices are resources of their own: a pod gets the one it asks for beside the whole ones that are sold', async () => {
    const { metadata } = await expectOffered(SLICE, 7);
    expect(metadata.labels).toMatchObject({
      'nvidia.com/mig.strategy': 'mixed',
      [`${SLICE}.count`]: '7',
      [`${SLICE}.product`]: 'NVIDIA-H100-80GB-HBM3-MIG-1g.10gb',
    });
    const image = imageReference('gpu-job');
    const limits = `--overrides=${JSON.stringify({
      spec: { containers: [{ name: 'slice', image, resources: { limits: { [SLICE]: '1' } } }] },
    })}`;
    await real.kubectl('run', 'slice', '--image', image, '--restart=Never', limits);
    await real.kubectl('wait', '--for=condition=Ready', 'pod/slice', '--timeout=60s');
    const [, uuid = ''] = /gpu-job: 1 devices\ngpu-job: device (\S+)/.exec(
      await real.kubectl('logs', 'slice'),
    ) ?? ['', ''];
    expect(real.node.gpus.devices()).toContainEqual({ uuid, resource: SLICE, healthy: true });
    expect(uuid).toMatch(/^MIG-/);
    real.node.gpus.setHealth(uuid, false);
    await expectOffered(SLICE, 6);
    await expectForSale(real, 4);
    await real.kubectl('delete', 'pod', 'slice');
  });
});
