/** What the steps of a lease's reconcile share. */
import type { ChainProof, ChainReader, TxLane } from '../../chain/ports.js';
import type { Observation } from '../../crds/conditions.js';
import type { ComputeLease, ComputeProvider } from '../../crds/generated/types.js';
import type { KubeApi } from '../../kube/api.js';
import type { LeaseId, OrderId } from '../../market/ids.js';
import type { Lease } from '../../market/records.js';
import type { WorkloadSettings } from '../../manifests/lease-workload.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Clock } from '../clock.js';
import type { OperatorEvents } from '../events.js';
import type { FundsBook } from '../funds/funds-book.js';
import type { Logger } from '../logger.js';
import type { PlacementEntry } from '../bidding/placement-record.js';
import type { RetrySchedule } from '../bidding/retry-schedule.js';

export interface LeaseControllerDeps {
  readonly api: KubeApi;
  readonly reader: ChainReader;
  readonly proof: ChainProof;
  readonly lane: Pick<TxLane, 'submit'>;
  readonly view: ChainView;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: OperatorEvents;
  readonly funds: FundsBook;
  /** Where the bid that won was placed; empty when that is not known. @throws KubeError */
  readonly placementOf: (id: OrderId) => Promise<readonly PlacementEntry[]>;
  /** When a close that the chain refused is tried again, by lease path. */
  readonly closes: RetrySchedule;
  /** The operator's own namespace, where manifest Secrets lie. */
  readonly namespace: string;
  /** The provider's policy as it is now. */
  readonly provider: () => ComputeProvider;
  readonly settings: () => WorkloadSettings;
  /** What is known of the GPUs of a lease, by its namespace; `undefined` when it has none. */
  readonly gpusOf: (namespace: string) => Observation | undefined;
  /** Whether a node's pods are only simulated (no kubelet behind it): then "running" is never said. */
  readonly isSimulatedNode: (node: string) => boolean;
  /** Told once a lease is gone from the cluster. */
  readonly onGone: (id: LeaseId) => void;
}

/** One reconcile of one live lease. */
export interface LiveLease {
  readonly name: string;
  readonly id: LeaseId;
  readonly lease: Lease;
  readonly object: ComputeLease;
}
