/** A lease in a world, brought as far as a test needs it. */
import { COMPUTE_LEASES, DEPLOYMENTS } from '../../kube/resources.js';
import type { ComputeLease } from '../../crds/generated/types.js';
import { leaseNamespace } from '../../manifests/names.js';
import { formatBidId } from '../../market/ids.js';
import type { BidId } from '../../market/ids.js';
import type { Deployment } from '../../kube/core-objects.js';
import { acceptBid, bidOf, openOrder, sendManifest } from './tenant.js';
import type { World } from './world.js';

/** The service of {@link aManifest}. */
export const SERVICE = 'train';

export const leaseObject = (world: World, id: BidId): Promise<ComputeLease | undefined> =>
  world.kube.get(COMPUTE_LEASES, { name: leaseNamespace(id) });

export const deploymentOf = (world: World, id: BidId): Promise<Deployment | undefined> =>
  world.kube.get(DEPLOYMENTS, { name: SERVICE, namespace: leaseNamespace(id) });

/** What a controller manager and a kubelet would say of the lease's Deployment. */
export const markReady = async (world: World, id: BidId): Promise<void> => {
  await world.kube.applyStatus(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: SERVICE, namespace: leaseNamespace(id) },
    status: { replicas: 1, readyReplicas: 1, availableReplicas: 1 },
  });
};

/** Won, without a manifest. */
export const aWonLease = async (world: World, dseq = 7n): Promise<BidId> => {
  const id = bidOf(openOrder(world, dseq));
  await world.until('bid on chain', () => world.chain.market.bids.get(formatBidId(id)));
  await acceptBid(world, id);
  await world.until('ComputeLease', () => leaseObject(world, id));
  return id;
};

/** Won, deployed and ready. */
export const aRunningLease = async (world: World, dseq = 7n): Promise<BidId> => {
  const id = await aWonLease(world, dseq);
  await sendManifest(world, id);
  await world.until('Deployment', () => deploymentOf(world, id));
  await markReady(world, id);
  await world.until(
    'Scheduled',
    async () => (await leaseObject(world, id))?.status?.phase === 'Scheduled',
  );
  return id;
};
