/**
 * What goes wrong inside a lease, and what tenant and provider are told of it. Every misfortune is mostly waiting (back-offs,
 * graces, measurements), so they happen side by side: one lease each, all ended at the end.
 */
import { beforeAll, expect, it, jest } from '@jest/globals';
import { imageReference } from '../../hack/images/images.js';
import { PODS } from '../../kube/resources.js';
import { afterTests } from '../after-tests.js';
import { expectAllGone, expectPhase, expectNothingHeld } from '../e2e/expectations.js';
import type { NodeInventory } from '../peers/node/types.js';
import { waitFor } from '../peers/wait.js';
import { describeOnNode } from './describe-on-node.js';
import {
  ask,
  clusterAddress,
  expectAnswer,
  expectEnding,
  expectLeaseCondition,
  expectSameInventory,
  expectStillLeased,
  expectTrouble,
  PATIENCE,
  podOf,
} from './looking.js';
import { type RealLease, type RealStack, startRealStack } from './real-stack.js';
import { type SmallService, smallSdl } from './sdl.js';

jest.setTimeout(240_000);

const SH = { image: imageReference('web'), command: ['sh', '-c'] };
/** Does not end well when told to: the kubelet would call it a success then and forget why. */
const FILL = 'dd if=/dev/zero of=/tmp/full bs=1M count=64; sleep 3600';

const UNLUCKY = {
  withoutImage: { image: 'berth.local/nowhere:7' },
  crashing: { ...SH, args: ['echo no >&2; exit 3'] },
  stubborn: { ...SH, args: ["trap '' TERM; while :; do sleep 1; done"] },
  greedy: { image: imageReference('node-server'), memory: '128Mi', cpu: 0.4 },
  filling: { ...SH, args: [FILL], storage: '32Mi', cpu: 0.4 },
} satisfies Readonly<Record<string, SmallService>>;
type Name = keyof typeof UNLUCKY;

describeOnNode('under a lease', () => {
  let real: RealStack;
  let before: NodeInventory;
  const leases = new Map<Name, RealLease>();
  const leaseOf = (name: Name): RealLease => {
    const lease = leases.get(name);
    if (lease === undefined) throw new Error(`there is no lease ${name}`);
    return lease;
  };
  const atEnd = afterTests();
  beforeAll(async () => {
    real = await startRealStack();
    atEnd(real.stop);
    before = await real.node.inventory();
    for (const name of Object.keys(UNLUCKY) as Name[])
      leases.set(name, await real.lease(await smallSdl(UNLUCKY[name])));
  });

  it('a container that ignores SIGTERM is told to end, and the lease says that it is closing', async () => {
    const lease = leaseOf('stubborn');
    await expectPhase(real.stack, lease.id, 'Running');
    await real.tenant.closeDeployment(lease.order);
    const words = await expectLeaseCondition(real, lease, 'Ready', 'LeaseEnded');
    expect(words).toContain('its workload is being removed');
    await expectPhase(real.stack, lease.id, 'Closing');
  });

  it('an image that does not exist is named in the status, and the lease stays', async () => {
    const lease = leaseOf('withoutImage');
    const trouble = await expectTrouble(real, lease, /^(ErrImagePull|ImagePullBackOff)/);
    expect(trouble).toContain('berth.local/nowhere:7');
    await expectPhase(real.stack, lease.id, 'Deploying');
    const words = await expectLeaseCondition(real, lease, 'Healthy', 'ReplicasNotReady');
    expect(words).toMatch(/^app: 0 of 1 ready \((ErrImagePull|ImagePullBackOff)/);
    await expectStillLeased(real, lease);
  });

  it('a container that ends at once is told as a crash loop, with its exit status', async () => {
    const lease = leaseOf('crashing');
    await expectTrouble(real, lease, /^CrashLoopBackOff/);
    await expectEnding(real, lease, /^Error, exit status 3, at 20/);
    await expectStillLeased(real, lease);
  });

  it('a container that outgrows its memory is killed and started again, and the status says so', async () => {
    const lease = leaseOf('greedy');
    await expectPhase(real.stack, lease.id, 'Running');
    const url = `http://${await clusterAddress(real, lease, 'app')}`;
    await expectAnswer(`${url}/`);
    await expect(ask(`${url}/allocate?mib=512`)).rejects.toThrow(/hang up|ECONNRESET/);
    await expectEnding(real, lease, /^OOMKilled, exit status 137, at 20/);
    await expectAnswer(`${url}/`);
    await expectPhase(real.stack, lease.id, 'Running');
    await expectLeaseCondition(real, lease, 'Healthy', 'AllReplicasReady');
    await expectStillLeased(real, lease);
  });

  it('a pod that fills more disk than it bought is evicted and replaced, and the status says so', async () => {
    const lease = leaseOf('filling');
    const words = await expectEnding(real, lease, /^Evicted: /);
    expect(words).toContain('ephemeral local storage usage exceeds the total limit');
    const { items } = await real.stack.api.list(PODS, { namespace: lease.namespace });
    expect(items.map((p) => p.status?.reason)).toContain('Evicted');
    await waitFor('a pod in its place', () => podOf(real, lease), PATIENCE);
    await expectStillLeased(real, lease);
  });

  it('all of them end, the stubborn one after its grace, and leave nothing on the node', async () => {
    const alive = [...leases.keys()].filter((name) => name !== 'stubborn').map(leaseOf);
    for (const { order } of alive) await real.tenant.closeDeployment(order);
    await Promise.all([...leases.values()].map(({ id }) => expectAllGone(real.stack, id)));
    await expectSameInventory(real, before);
    await expectNothingHeld(real.stack);
  });
});
