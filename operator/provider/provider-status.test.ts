import { describe, expect, it } from '@jest/globals';
import { findCondition } from '../../crds/conditions.js';
import { providerStatus } from './provider-status.js';
import type { ProviderObservation } from './provider-status.js';

const row = { allocatable: 8, leased: 4, reserved: 2, available: 1, unsellable: 1 };
const seen = {
  chain: { height: 7n, timeMs: 1000, endpoint: 'http://a', endpoints: [] },
  ...{ chainFresh: { code: 'Fresh', message: 'New blocks come.' }, chainOthers: '' },
  ...{ chainFault: undefined, inventoryFault: undefined, registrationFault: undefined },
  record: undefined,
  ...{ fundsFault: undefined, biddingFault: undefined, nodes: [], activeLeases: 1, anomalies: [] },
  inventory: [
    { vendor: 'nvidia', model: 'h100', ...row },
    { vendor: 'nvidia', model: 'l4', ...row },
  ],
  balances: [{ denom: 'uakt', amount: 5n }],
  orders: { open: 3, bid: 1, skipped: 2 },
  skippedByReason: { InsufficientGpus: 2 },
  ...{ earnedTodayUact: undefined, fees: undefined },
  grants: { asGrantee: false, fault: undefined, warning: undefined },
} as unknown as ProviderObservation;

const current = {
  ...{ mode: 'Apply', pending: [], held: [], signaturesLost: [] },
  ...{ updatesToday: 0, updatesPerDay: 6 },
};
const step = { change: '+ a=b', since: '2026-01-01T00:00:00Z', due: '2026-01-01T00:05:00Z' };

const statusOf = (changes: Partial<ProviderObservation> = {}) =>
  providerStatus({ ...seen, ...changes }, undefined, 2, '2026-01-01T00:00:00Z');

describe('providerStatus', () => {
  it('sums GPUs over models and says that all is well', () => {
    const status = statusOf();
    expect(status.gpus).toEqual({
      ...{ allocatable: 16, leased: 8, reserved: 4, available: 2, unsellable: 2 },
    });
    expect(status.conditions?.map((c) => c.status)).toEqual(Array(8).fill('True'));
    expect(status.balances).toEqual(['5uakt']);
  });

  it('what does not add up is told, and stops nothing', () => {
    const anomaly = { code: 'NodeOverAllocated', message: 'gpus 8 of 7 taken', field: 'node/n' };
    const { conditions } = statusOf({ anomalies: [anomaly, anomaly] });
    expect(findCondition(conditions, 'InventoryConsistent')).toMatchObject({
      status: 'False',
      reason: 'NodeOverAllocated',
      message: 'node/n: gpus 8 of 7 taken (and 1 more)',
    });
    expect(findCondition(conditions, 'Ready')?.status).toBe('True');
  });

  it('a hot key without a right makes Granted and Ready false; one that ends soon is told', () => {
    const reason = { code: 'GrantMissing', message: 'why' };
    const granted = (grants: ProviderObservation['grants']) => {
      const { conditions } = statusOf({ grants });
      return ['Granted', 'Ready'].map((type) => {
        const condition = findCondition(conditions, type);
        return `${condition?.status} ${condition?.reason}`;
      });
    };
    const asGrantee = { asGrantee: true, fault: undefined, warning: undefined };
    expect(granted(asGrantee)).toEqual(['True Granted', 'True Ready']);
    expect(granted({ ...asGrantee, fault: reason })).toEqual([
      'False GrantMissing',
      'False GrantMissing',
    ]);
    const warning = { code: 'GrantsExpireSoon', message: 'in 3 days' };
    expect(granted({ ...asGrantee, warning })).toEqual(['True GrantsExpireSoon', 'True Ready']);
  });

  it.each<[keyof ProviderObservation, string, string]>([
    ['chainFault', 'ChainSynced', 'ChainStale'],
    ['inventoryFault', 'InventorySynced', 'InventoryStale'],
    ['registrationFault', 'Registered', 'RegistrationRefused'],
    ['fundsFault', 'Funded', 'WalletLow'],
    ['biddingFault', 'Bidding', 'Paused'],
  ])('%s makes %s and Ready false, with its reason', (fault, type, code) => {
    const { conditions } = statusOf({ [fault]: { code, message: 'why' } });
    for (const name of [type, 'Ready'])
      expect(findCondition(conditions, name)).toMatchObject({
        ...{ status: 'False', reason: code, message: 'why' },
      });
  });

  it.each<[string, object, string]>([
    ['nothing differs', {}, 'True RecordCurrent'],
    ['a change is shown', { pending: [step] }, 'False RecordChangePending'],
    ['in a dry run', { mode: 'DryRun', pending: [step] }, 'False RecordDryRun'],
    ['the day is used up', { pending: [step], updatesToday: 6 }, 'False RecordBudgetReached'],
    ['a lease relies on what is there', { held: ['- a=b'] }, 'False RecordHeldByLeases'],
  ])('the record on chain: %s; it stops nothing', (_name, change, want) => {
    const record = { ...current, ...change };
    const { conditions } = statusOf({ record });
    const condition = findCondition(conditions, 'RecordCurrent');
    expect(`${condition?.status} ${condition?.reason}`).toBe(want);
    expect(findCondition(conditions, 'Ready')?.status).toBe('True');
  });
});
