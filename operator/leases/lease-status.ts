/** The status of a ComputeLease as a pure function of what was observed. */
import { setCondition } from '../../crds/conditions.js';
import type { Observation } from '../../crds/conditions.js';
import type {
  ComputeLeaseStatus,
  LeaseEndpoint,
  LeasePhase,
  LeaseServiceStatus,
  Withdrawal,
} from '../../crds/generated/types.js';
import type { Reason } from '../../market/reasons.js';
import type { Lease } from '../../market/records.js';
import type { LeaseMoney } from '../funds/funds-book.js';
import { fundsConditions } from '../funds/funds-conditions.js';
import { sameJson } from '../same-json.js';

/** What the cluster shows of a lease's workloads. */
export interface WorkloadObservation {
  readonly services: readonly LeaseServiceStatus[];
  readonly endpoints: readonly LeaseEndpoint[];
  /** Whether every ready pod runs on a node with a kubelet behind it. */
  readonly reallyRuns: boolean;
}

/** Where the tenant's manifest is. */
export type ManifestState =
  /** None came yet; without one the lease is closed at `deadlineHeight`. */
  | { readonly state: 'awaited'; readonly deadlineHeight: bigint }
  /** @param hash hex SHA-256 */
  | { readonly state: 'received'; readonly hash: string }
  /** One came, or another provider deployed one, and its Secret is not there: what runs stays. */
  | { readonly state: 'lost' };

export interface LeaseObservation {
  readonly lease: Lease;
  readonly manifest: ManifestState;
  /** Why the manifest could not be applied, `undefined` when it was. */
  readonly deployFault: Reason | undefined;
  readonly workload: WorkloadObservation | undefined;
  readonly money: LeaseMoney | undefined;
  /** Condition `GpusHealthy`; `undefined` for a lease without GPUs. */
  readonly gpus?: Observation | undefined;
  readonly lastWithdrawal: Withdrawal | undefined;
}

const allReady = (services: readonly LeaseServiceStatus[]): boolean =>
  services.length > 0 && services.every((s) => s.ready >= s.total);

const phaseOf = (seen: LeaseObservation, before: ComputeLeaseStatus | undefined): LeasePhase => {
  if (seen.manifest.state === 'awaited') return 'AwaitingManifest';
  const { deployFault, workload } = seen;
  if (deployFault === undefined && workload !== undefined && allReady(workload.services))
    return workload.reallyRuns ? 'Running' : 'Scheduled';
  const wasReady =
    before !== undefined && ['Running', 'Scheduled', 'Degraded'].includes(before.phase);
  return wasReady ? 'Degraded' : 'Deploying';
};

const condition = (
  type: string,
  ok: boolean,
  yes: [string, string],
  no: [string, string],
): Observation => {
  const [reason, message] = ok ? yes : no;
  return { type, status: ok ? 'True' : 'False', reason, message };
};

/** Replicas that run on ill devices are ready all the same: nobody but the device plugin notices. */
const illnessOf = (services: readonly LeaseServiceStatus[]): Observation | undefined => {
  const ill = services.flatMap((s) => (s.illDevices ?? []).map((device) => `${s.name}: ${device}`));
  if (ill.length === 0) return undefined;
  const message = `The device plugin reports a device ill under ${ill.join(', ')}; what runs is left alone.`;
  return {
    type: 'Healthy',
    status: 'False',
    reason: 'DeviceUnhealthy',
    message: message.slice(0, 900),
  };
};

const healthOf = (seen: LeaseObservation): Observation => {
  const services = seen.workload?.services ?? [];
  const illness = allReady(services) ? illnessOf(services) : undefined;
  if (illness !== undefined) return illness;
  const waiting = services.filter((s) => s.ready < s.total);
  return condition(
    'Healthy',
    allReady(services),
    ['AllReplicasReady', 'Every replica of every service is ready.'],
    [
      services.length === 0 ? 'NothingDeployed' : 'ReplicasNotReady',
      services.length === 0
        ? 'No workload exists yet.'
        : waiting
            .map(
              (s) =>
                `${s.name}: ${s.ready} of ${s.total} ready${s.message === undefined ? '' : ` (${s.message})`}`,
            )
            .join('; ')
            .slice(0, 900),
    ],
  );
};

const manifestOf = ({ manifest }: LeaseObservation): Observation => {
  const type = 'ManifestReceived';
  switch (manifest.state) {
    case 'received':
      return {
        type,
        status: 'True',
        reason: 'Received',
        message: `Manifest ${manifest.hash} was received and matches the chain.`,
      };
    case 'awaited':
      return {
        type,
        status: 'False',
        reason: 'AwaitingManifest',
        message: `The tenant has sent no manifest; the lease is closed at height ${manifest.deadlineHeight} without one.`,
      };
    case 'lost':
      return { type, status: 'Unknown', ...MANIFEST_LOST };
  }
};

const MANIFEST_LOST = {
  reason: 'ManifestSecretMissing',
  message:
    'There is no Secret with the manifest of this lease; what runs is left as it is until the tenant sends the manifest again.',
};

/** Conditions in a fixed order; Ready sums them up. */
const observationsOf = (seen: LeaseObservation, phase: LeasePhase): readonly Observation[] => {
  const fault = seen.deployFault;
  const ready = phase === 'Running' || phase === 'Scheduled';
  return [
    manifestOf(seen),
    condition(
      'Deployed',
      seen.manifest.state === 'received' && fault === undefined,
      ['Applied', 'Every object of the manifest is applied.'],
      seen.manifest.state === 'lost'
        ? [MANIFEST_LOST.reason, MANIFEST_LOST.message]
        : [fault?.code ?? 'AwaitingManifest', fault?.message ?? 'There is nothing to deploy yet.'],
    ),
    healthOf(seen),
    ...(seen.gpus === undefined ? [] : [seen.gpus]),
    ...fundsConditions(seen.money),
    condition(
      'Reclaiming',
      seen.lease.state === 'reclaiming',
      [
        'Started',
        'The provider is taking the capacity back; the lease may be closed after its deadline.',
      ],
      ['NotReclaiming', 'The provider is not taking the capacity back.'],
    ),
    condition(
      'Ready',
      ready,
      [
        phase,
        phase === 'Running'
          ? 'Every service runs.'
          : 'Every pod is scheduled and reported ready by a simulated node.',
      ],
      [fault?.code ?? phase, fault?.message ?? `The lease is ${phase}.`],
    ),
  ];
};

/** Everything the status says, timestamps kept where nothing changed. */
export const leaseStatus = (
  seen: LeaseObservation,
  before: ComputeLeaseStatus | undefined,
  generation: number,
  nowIso: string,
): ComputeLeaseStatus => {
  const phase = phaseOf(seen, before);
  const conditions = observationsOf(seen, phase).reduce(
    (list, observation) => setCondition(list, observation, generation, nowIso),
    before?.conditions ?? [],
  );
  const { money, workload } = seen;
  const lastWithdrawal = seen.lastWithdrawal ?? before?.lastWithdrawal;
  return {
    observedGeneration: generation,
    phase,
    conditions,
    services: workload?.services ?? [],
    endpoints: workload?.endpoints ?? [],
    ...(money === undefined
      ? {}
      : { escrow: money.escrow, earnedUact: money.earnedUact, withdrawnUact: money.withdrawnUact }),
    ...(lastWithdrawal === undefined ? {} : { lastWithdrawal }),
  };
};

/** The status of a lease that has ended, while its objects go. */
export const closingStatus = (
  lease: Lease,
  before: ComputeLeaseStatus | undefined,
  generation: number,
  nowIso: string,
): ComputeLeaseStatus => ({
  ...before,
  observedGeneration: generation,
  phase: 'Closing',
  closeReason: lease.reason,
  conditions: setCondition(
    before?.conditions,
    {
      type: 'Ready',
      status: 'False',
      reason: 'LeaseEnded',
      message: `The lease ended on chain at height ${lease.closedOn} (${lease.reason}); its workload is being removed.`,
    },
    generation,
    nowIso,
  ),
});

/** Whether a status differs from the one stored, so that it is worth a write. The server stores keys in its own order. */
export const statusDiffers = (a: ComputeLeaseStatus | undefined, b: ComputeLeaseStatus): boolean =>
  !sameJson(a, b);
