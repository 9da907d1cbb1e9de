/** The ComputeLease of a live lease exists, with its finalizer, before anything else is made for the lease. */
import { API_VERSION, FINALIZERS } from '../../crds/constants.js';
import type { ComputeLease } from '../../crds/generated/types.js';
import { COMPUTE_LEASES } from '../../kube/resources.js';
import { formatPrice, uactPerBlockToUsdPerHour } from '../../market/money.js';
import type { LeaseId } from '../../market/ids.js';
import type { Lease } from '../../market/records.js';
import { groupGpus } from '../../market/resources.js';
import type { GroupSpec } from '../../market/resources.js';
import { modelNames } from '../bidding/placement-record.js';
import type { LeaseControllerDeps } from './lease-context.js';
import { leaseLabels, toLeaseRef } from './lease-identity.js';

/** Creates it from the chain's record and our Bid; an existing one is returned as it is. */
export const ensureComputeLease = async (
  deps: LeaseControllerDeps,
  name: string,
  id: LeaseId,
  lease: Lease,
  group: GroupSpec,
): Promise<ComputeLease> => {
  const existing = await deps.api.get(COMPUTE_LEASES, { name });
  if (existing !== undefined) return existing;
  const placement = await deps.placementOf(id);
  const created = await deps.api.apply(COMPUTE_LEASES, {
    apiVersion: API_VERSION,
    kind: 'ComputeLease',
    metadata: {
      name,
      labels: leaseLabels(id, deps.provider().metadata.name),
      finalizers: [FINALIZERS.lease],
    },
    spec: {
      leaseId: toLeaseRef(id),
      price: { denom: lease.price.denom, amount: formatPrice(lease.price.amount) },
      usdPerHour: uactPerBlockToUsdPerHour(lease.price.amount, deps.view.blockTimeMs).toFixed(4),
      gpus: Number(groupGpus(group)),
      gpuModel: modelNames(placement),
      namespace: name,
      placement,
      createdAtHeight: lease.createdAt.toString(),
    },
  });
  deps.events.record(created, {
    type: 'Normal',
    reason: 'LeaseWon',
    action: 'CreateLease',
    note: `Lease created at height ${lease.createdAt} at ${created.spec.usdPerHour} USD per hour.`,
  });
  deps.log.info({ lease: name, owner: id.owner, dseq: id.dseq.toString() }, 'lease won');
  return created;
};
