/** Writes a ComputeLease's status, once per look and only when it says something new. */
import { findCondition } from '../../crds/conditions.js';
import { API_VERSION } from '../../crds/constants.js';
import type { ComputeLease, ComputeLeaseStatus } from '../../crds/generated/types.js';
import { COMPUTE_LEASES } from '../../kube/resources.js';
import type { Lease } from '../../market/records.js';
import type { LeaseControllerDeps, LiveLease } from './lease-context.js';
import { closingStatus, leaseStatus, statusDiffers } from './lease-status.js';
import type { LeaseObservation } from './lease-status.js';

type Deps = Pick<LeaseControllerDeps, 'api' | 'events' | 'funds' | 'clock' | 'gpusOf'>;

/** What a look at a lease came to. */
export interface StatusWritten {
  readonly changed: boolean;
  /** Every service is up. */
  readonly ready: boolean;
}

/** The tenant's money, told when it begins to end and when it no longer does. */
const tellOfFunds = (
  events: Deps['events'],
  object: ComputeLease,
  { conditions }: ComputeLeaseStatus,
): void => {
  const before = findCondition(object.status?.conditions, 'FundsLow')?.reason;
  const now = findCondition(conditions, 'FundsLow');
  if (now === undefined || now.reason === before) return;
  const about = { action: 'WatchFunds', note: now.message };
  if (now.status === 'True') {
    events.record(object, { type: 'Warning', reason: now.reason, ...about });
  } else if (now.status === 'False' && before !== undefined && before !== 'NotRead') {
    events.record(object, { type: 'Normal', reason: 'EscrowToppedUp', ...about });
  }
};

const apply = async (
  { api, events }: Deps,
  object: ComputeLease,
  status: ComputeLeaseStatus,
): Promise<void> => {
  await api.applyStatus(COMPUTE_LEASES, {
    apiVersion: API_VERSION,
    kind: 'ComputeLease',
    metadata: { name: object.metadata.name },
    status,
  });
  tellOfFunds(events, object, status);
  if (object.status?.phase === status.phase) return;
  events.record(object, {
    type: status.phase === 'Degraded' ? 'Warning' : 'Normal',
    reason: status.phase,
    action: 'Reconcile',
    note: `The lease is now ${status.phase}.`,
  });
};

/** The status of a live lease. @throws KubeError */
export const writeLiveStatus = async (
  deps: Deps,
  { name, lease, object }: LiveLease,
  seen: Pick<LeaseObservation, 'manifest' | 'deployFault' | 'workload'>,
): Promise<StatusWritten> => {
  const { funds, clock, gpusOf } = deps;
  const status = leaseStatus(
    {
      ...{ ...seen, lease, gpus: gpusOf(name) },
      ...{ money: funds.get(name), lastWithdrawal: funds.lastWithdrawal(name) },
    },
    object.status,
    object.metadata.generation ?? 1,
    new Date(clock.now()).toISOString(),
  );
  const changed = statusDiffers(object.status, status);
  if (changed) await apply(deps, object, status);
  return { changed, ready: status.phase === 'Running' || status.phase === 'Scheduled' };
};

/** The status of a lease that has ended, while its objects go. Returns whether it was news. @throws KubeError */
export const writeClosingStatus = async (
  deps: Deps,
  object: ComputeLease,
  lease: Lease,
): Promise<boolean> => {
  if (object.status?.phase === 'Closing') return false;
  const now = new Date(deps.clock.now()).toISOString();
  const generation = object.metadata.generation ?? 1;
  await apply(deps, object, closingStatus(lease, object.status, generation, now));
  return true;
};
