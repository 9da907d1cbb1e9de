import { describe, expect, it } from '@jest/globals';
import { findCondition } from '../../crds/conditions.js';
import type { ComputeLeaseStatus, LeasePhase } from '../../crds/generated/types.js';
import { parseDecimal } from '../../market/money.js';
import type { Lease } from '../../market/records.js';
import { aBid } from '../testing/an-intent.js';
import { closingStatus, leaseStatus, statusDiffers } from './lease-status.js';
import type { LeaseObservation, WorkloadObservation } from './lease-status.js';

const lease: Lease = {
  ...{ id: aBid().id, state: 'active', createdAt: 1n, closedOn: 0n, reason: '' },
  price: { denom: 'uact', amount: parseDecimal('1') },
};
const workload = (ready: number, reallyRuns = true): WorkloadObservation => ({
  services: [
    { name: 'train', ready, total: 2, uris: [], message: 'ImagePullBackOff: no such image' },
  ],
  endpoints: [],
  reallyRuns,
});
const received = { state: 'received', hash: 'ab' } as const;
const refused = { code: 'ObjectRefused', message: 'no' };

const statusOf = (seen: Partial<LeaseObservation>, before?: LeasePhase): ComputeLeaseStatus =>
  leaseStatus(
    {
      ...{ lease, manifest: received, deployFault: undefined, workload: workload(2) },
      ...{ money: undefined, lastWithdrawal: undefined },
      ...seen,
    },
    before === undefined ? undefined : { phase: before, conditions: [] },
    3,
    '2026-01-01T00:00:00Z',
  );
const reasonOf = (status: ComputeLeaseStatus, type: string): string | undefined =>
  findCondition(status.conditions, type)?.reason;

describe('leaseStatus', () => {
  it.each<[string, Partial<LeaseObservation>, LeasePhase | undefined, LeasePhase, string]>([
    [
      'no manifest yet',
      { manifest: { state: 'awaited', deadlineHeight: 90n }, workload: undefined },
      undefined,
      'AwaitingManifest',
      'AwaitingManifest',
    ],
    ['all replicas run', {}, undefined, 'Running', 'Running'],
    [
      'all on simulated nodes',
      { workload: workload(2, false) },
      undefined,
      'Scheduled',
      'Scheduled',
    ],
    ['not all are up yet', { workload: workload(1) }, 'Deploying', 'Deploying', 'Deploying'],
    ['not all are up any more', { workload: workload(1) }, 'Running', 'Degraded', 'Degraded'],
    [
      'a manifest is refused at first',
      { deployFault: refused },
      undefined,
      'Deploying',
      'ObjectRefused',
    ],
    ['an update is refused', { deployFault: refused }, 'Running', 'Degraded', 'ObjectRefused'],
    [
      'the Secret is lost, pods run',
      { manifest: { state: 'lost' } },
      'Running',
      'Running',
      'Running',
    ],
  ])('%s', (_name, seen, before, wantPhase, wantReady) => {
    const status = statusOf(seen, before);
    expect(status.phase).toBe(wantPhase);
    expect(reasonOf(status, 'Ready')).toBe(wantReady);
  });

  it('says which replicas are not ready, and why', () => {
    const healthy = findCondition(statusOf({ workload: workload(1) }).conditions, 'Healthy');
    expect(healthy).toMatchObject({
      status: 'False',
      reason: 'ReplicasNotReady',
      message: 'train: 1 of 2 ready (ImagePullBackOff: no such image)',
    });
  });

  it('names a device that is ill under replicas that run; the lease goes on', () => {
    const services = [
      { ...{ name: 'train', ready: 2, total: 2, uris: [] }, illDevices: ['GPU-1', 'GPU-2'] },
    ];
    const status = statusOf({ workload: { services, endpoints: [], reallyRuns: true } });
    expect(status.phase).toBe('Running');
    expect(reasonOf(status, 'Ready')).toBe('Running');
    expect(findCondition(status.conditions, 'Healthy')).toMatchObject({
      status: 'False',
      reason: 'DeviceUnhealthy',
      message:
        'The device plugin reports a device ill under train: GPU-1, train: GPU-2; what runs is left alone.',
    });
  });

  it('a lost Secret is told by ManifestReceived and Deployed, which are neither true', () => {
    const status = statusOf({ manifest: { state: 'lost' } });
    expect(findCondition(status.conditions, 'ManifestReceived')).toMatchObject({
      status: 'Unknown',
      reason: 'ManifestSecretMissing',
    });
    expect(reasonOf(status, 'Deployed')).toBe('ManifestSecretMissing');
  });

  it.each<[string, LeaseObservation['money'], string, string]>([
    ['not read yet', undefined, 'Unknown/NotRead', 'Unknown/NotRead'],
    ['an account that pays', money('Lasts'), 'True/EscrowPays', 'False/EscrowLasts'],
    [
      'an account that soon will not',
      money('RunningOut'),
      'True/EscrowPays',
      'True/EscrowRunningOut',
    ],
    ['an empty account', money('Empty'), 'False/EscrowEmpty', 'True/EscrowEmpty'],
  ])('%s: Funded and FundsLow', (_name, given, wantFunded, wantLow) => {
    const { conditions } = statusOf({ money: given });
    const told = (type: string): string => {
      const found = findCondition(conditions, type);
      return `${found?.status}/${found?.reason}`;
    };
    expect([told('Funded'), told('FundsLow')]).toEqual([wantFunded, wantLow]);
  });

  it('keeps the time of a condition that did not change', () => {
    const first = statusOf({});
    const again = leaseStatus(
      {
        ...{ lease, manifest: received, deployFault: undefined, workload: workload(2) },
        ...{ money: undefined, lastWithdrawal: undefined },
      },
      first,
      3,
      '2026-01-02T00:00:00Z',
    );
    expect(statusDiffers(first, again)).toBe(false);
  });

  it('closing keeps what was known and says why the lease ended', () => {
    const closed: Lease = {
      ...lease,
      state: 'closed',
      closedOn: 50n,
      reason: 'lease_closed_owner',
    };
    const status = closingStatus(closed, statusOf({}), 3, '2026-01-02T00:00:00Z');
    expect(status).toMatchObject({ phase: 'Closing', closeReason: 'lease_closed_owner' });
    expect(status.services).toHaveLength(1);
    expect(reasonOf(status, 'Ready')).toBe('LeaseEnded');
  });
});

describe('statusDiffers', () => {
  it('does not mind the order in which the server keeps keys', () => {
    const a: ComputeLeaseStatus = { phase: 'Running', observedGeneration: 1 };
    expect(statusDiffers({ observedGeneration: 1, phase: 'Running' }, a)).toBe(false);
    expect(statusDiffers({ observedGeneration: 2, phase: 'Running' }, a)).toBe(true);
    expect(statusDiffers(undefined, a)).toBe(true);
  });
});

function money(
  outlook: NonNullable<LeaseObservation['money']>['outlook'],
): NonNullable<LeaseObservation['money']> {
  return {
    ...{ earnedUact: '5', withdrawnUact: '1', runOutHeight: 12n, missingUact: 0n, outlook },
    escrow: { balanceUact: '9' },
  };
}
