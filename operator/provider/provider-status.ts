/** The ComputeProvider's status as a pure function of what the operator knows. */
import { setCondition } from '../../crds/conditions.js';
import type { Observation } from '../../crds/conditions.js';
import type {
  ComputeProviderStatus,
  Condition,
  DeviceInventory,
  FeeOutlook,
  Worth,
  GpuInventory,
  GpuTotals,
  NodeInventory,
  RecordStatus,
  StorageInventory,
  UnsellableCount,
} from '../../crds/generated/types.js';
import type { EndpointState } from '../../chain/rpc/endpoint-state.js';
import type { Coin } from '../../market/money.js';
import { formatCoin } from '../../market/money.js';
import type { Reason } from '../../market/reasons.js';

export interface ProviderObservation {
  readonly chain:
    | {
        readonly height: bigint;
        readonly timeMs: number;
        /** Host and port of the one that serves. */
        readonly endpoint: string;
        readonly endpoints: readonly EndpointState[];
      }
    | undefined;
  /** Reason and message of ChainSynced while it holds. */
  readonly chainFresh: Reason;
  /** Which endpoints are not well, for the end of a sentence; may be empty. */
  readonly chainOthers: string;
  /** Why the chain view is not fresh, `undefined` when it is; likewise below. */
  readonly chainFault: Reason | undefined;
  readonly inventoryFault: Reason | undefined;
  readonly registrationFault: Reason | undefined;
  /** `undefined` until the record was compared once. */
  readonly record: RecordStatus | undefined;
  readonly fundsFault: Reason | undefined;
  /** What a hot key may do, where the key is not the account's own; the warning is for while there is no fault. */
  readonly grants: {
    readonly asGrantee: boolean;
    readonly fault: Reason | undefined;
    readonly warning: Reason | undefined;
  };
  readonly biddingFault: Reason | undefined;
  readonly inventory: readonly GpuInventory[];
  readonly nodes: readonly NodeInventory[];
  readonly unsellable: readonly UnsellableCount[];
  readonly devices: readonly DeviceInventory[];
  readonly storage: readonly StorageInventory[];
  readonly leasedIpsAvailable: number;
  /** The first thing that did not add up while counting, and how many there were. */
  readonly anomalies: readonly Reason[];
  readonly balances: readonly Coin[];
  readonly activeLeases: number;
  readonly orders: { readonly open: number; readonly bid: number; readonly skipped: number };
  readonly skippedByReason: Readonly<Record<string, number>>;
  /** `undefined` until it was computed once. */
  readonly earnedTodayUact: bigint | undefined;
  /** `undefined` in the first minutes. */
  readonly fees: FeeOutlook | undefined;
  /** `undefined` until the wallet was read. */
  readonly worth: Worth | undefined;
}

const observe = (
  type: string,
  fault: Reason | undefined,
  reason: string,
  message: string,
): Observation =>
  fault === undefined
    ? { type, status: 'True', reason, message }
    : { type, status: 'False', reason: fault.code, message: fault.message };

const totals = (rows: readonly GpuInventory[]): GpuTotals => {
  const sum = (of: keyof GpuTotals): number => rows.reduce((n, r) => n + r[of], 0);
  return {
    allocatable: sum('allocatable'),
    leased: sum('leased'),
    reserved: sum('reserved'),
    available: sum('available'),
    unsellable: sum('unsellable'),
  };
};

/** An anomaly stops nothing: what does not add up counts as nothing free. */
const anomalyFault = ([first, ...more]: readonly Reason[]): Reason | undefined =>
  first === undefined
    ? undefined
    : {
        code: first.code,
        message: `${first.field ?? 'inventory'}: ${first.message}${more.length === 0 ? '' : ` (and ${more.length} more)`}`,
      };

const granted = ({ asGrantee, fault, warning }: ProviderObservation['grants']): Observation => {
  if (!asGrantee) return observe('Granted', undefined, 'OwnKey', "The key is the account's own.");
  const well = { code: 'Granted', message: 'The hot key has every right that it needs.' };
  const { code, message } = warning ?? well;
  return observe('Granted', fault, code, message);
};

/** Nothing that stops bidding: the record is only behind. */
const recordFault = (record: RecordStatus): Reason | undefined => {
  const [first] = record.pending;
  if (first === undefined)
    return record.held.length === 0
      ? undefined
      : {
          code: 'RecordHeldByLeases',
          message: `Kept for active leases: ${record.held.join('; ')}`.slice(0, 900),
        };
  const changes = record.pending.map((p) => p.change).join('; ');
  if (record.mode === 'DryRun')
    return {
      code: 'RecordDryRun',
      message: `With spec.record.mode Apply this would be sent: ${changes}`.slice(0, 900),
    };
  if (record.updatesToday >= record.updatesPerDay)
    return {
      code: 'RecordBudgetReached',
      message:
        `${record.updatesToday} of ${record.updatesPerDay} updates of the day are used (spec.record.updatesPerDay); waiting: ${changes}`.slice(
          0,
          900,
        ),
    };
  return {
    code: 'RecordChangePending',
    message: `To be sent from ${first.due} on, if it stands: ${changes}`.slice(0, 900),
  };
};

const recordCurrent = (record: RecordStatus | undefined): readonly Observation[] =>
  record === undefined
    ? []
    : [
        observe(
          'RecordCurrent',
          recordFault(record),
          'RecordCurrent',
          'The record on chain says what the cluster and this object say.',
        ),
      ];

const observationsOf = (seen: ProviderObservation): readonly Observation[] => {
  const faults = [
    seen.chainFault,
    seen.inventoryFault,
    seen.registrationFault,
    seen.fundsFault,
    seen.grants.fault,
    seen.biddingFault,
  ];
  return [
    observe(
      'ChainSynced',
      seen.chainFault && {
        ...seen.chainFault,
        message: `${seen.chainFault.message}${seen.chainOthers}`,
      },
      seen.chainFresh.code,
      seen.chainFresh.message,
    ),
    observe(
      'InventorySynced',
      seen.inventoryFault,
      'Synced',
      'Nodes and pods are known completely.',
    ),
    observe(
      'InventoryConsistent',
      anomalyFault(seen.anomalies),
      'Consistent',
      'What pods and reservations take is no more than there is.',
    ),
    observe(
      'Registered',
      seen.registrationFault,
      'Registered',
      'The record and the certificate on chain are what they should be.',
    ),
    ...recordCurrent(seen.record),
    observe(
      'Funded',
      seen.fundsFault,
      'Funded',
      'The wallet pays for bids, closes and withdrawals.',
    ),
    granted(seen.grants),
    observe('Bidding', seen.biddingFault, 'Bidding', 'Open orders are decided as they come.'),
    observe(
      'Ready',
      faults.find((f) => f !== undefined),
      'Ready',
      'The provider serves orders.',
    ),
  ];
};

/** Timestamps of conditions are kept where nothing changed. */
export const providerStatus = (
  seen: ProviderObservation,
  before: readonly Condition[] | undefined,
  generation: number,
  nowIso: string,
): ComputeProviderStatus => ({
  observedGeneration: generation,
  conditions: observationsOf(seen).reduce<readonly Condition[]>(
    (list, o) => setCondition(list, o, generation, nowIso),
    before ?? [],
  ),
  ...(seen.chain === undefined
    ? {}
    : {
        chain: {
          height: seen.chain.height.toString(),
          endpoint: seen.chain.endpoint,
          timeMs: String(seen.chain.timeMs),
          endpoints: seen.chain.endpoints.map(({ label, code, message, trusted, serving }) => ({
            ...{ endpoint: label, code, message, trusted, serving },
          })),
        },
      }),
  ...(seen.record === undefined ? {} : { record: seen.record }),
  gpus: totals(seen.inventory),
  inventory: seen.inventory,
  nodes: seen.nodes,
  unsellable: seen.unsellable,
  devices: seen.devices,
  storage: seen.storage,
  leasedIpsAvailable: seen.leasedIpsAvailable,
  balances: seen.balances.map(formatCoin),
  leases: { active: seen.activeLeases },
  orders: seen.orders,
  skippedByReason: seen.skippedByReason,
  ...(seen.fees === undefined ? {} : { fees: seen.fees }),
  ...(seen.worth === undefined ? {} : { worth: seen.worth }),
  ...(seen.earnedTodayUact === undefined
    ? {}
    : { earnedTodayUact: seen.earnedTodayUact.toString() }),
  updatedAt: nowIso,
});
