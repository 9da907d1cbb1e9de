/** Puts the lease controller together with its queue and the watch on manifests. */
import type { ChainProof, ChainReader, TxLane } from '../../chain/ports.js';
import { LABELS } from '../../crds/constants.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import type { KubeApi } from '../../kube/api.js';
import { Reflector } from '../../kube/reflector.js';
import { SECRETS } from '../../kube/resources.js';
import type { LeaseId } from '../../market/ids.js';
import { findPlacement } from '../bidding/find-placement.js';
import type { BidRecords, IntentStore } from '../bidding/ports.js';
import { RetrySchedule } from '../bidding/retry-schedule.js';
import type { ChainSync } from '../chain-view/chain-sync.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Clock } from '../clock.js';
import type { OperatorConfig } from '../config.js';
import type { OperatorEvents } from '../events.js';
import type { FundsBook } from '../funds/funds-book.js';
import { gpusHealthy } from '../gpu-health/tell-tenants.js';
import type { NodeOfLease } from '../gpu-health/tell-tenants.js';
import type { InventoryView } from '../inventory/inventory-view.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import type { LeaseSighting } from './compare.js';
import { LeaseController } from './lease-controller.js';
import { leaseOfLabels } from './lease-identity.js';
import { LeaseWorkers } from './lease-workers.js';
import { workloadSettings } from './workload-settings.js';

export interface LeasesDeps {
  readonly api: KubeApi;
  readonly reader: ChainReader;
  readonly proof: ChainProof;
  readonly lane: Pick<TxLane, 'submit'>;
  readonly view: ChainView;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: OperatorMetrics;
  readonly config: OperatorConfig;
  readonly provider: () => ComputeProvider;
  readonly inventory: InventoryView;
  readonly sync: ChainSync;
  readonly records: BidRecords;
  readonly intents: IntentStore;
  readonly funds: FundsBook;
  readonly events: OperatorEvents;
  /** Nodes on which a lease has GPUs, and what is known of them. */
  readonly gpusOf: (namespace: string) => readonly NodeOfLease[];
  readonly onGone: (id: LeaseId) => void;
}

export interface Leases {
  readonly workers: LeaseWorkers;
  run(signal: AbortSignal): Promise<void>;
}

export const createLeases = (deps: LeasesDeps): Leases => {
  const { api, config, provider, inventory, sync, clock, log, metrics, records } = deps;
  const controller = new LeaseController(
    {
      ...{
        api,
        reader: deps.reader,
        proof: deps.proof,
        lane: deps.lane,
        view: deps.view,
        clock,
        log,
        events: deps.events,
        funds: deps.funds,
        closes: new RetrySchedule(),
      },
      ...{ namespace: config.namespace, provider, onGone: deps.onGone },
      placementOf: (id) => findPlacement(records, deps.intents, id),
      settings: () => workloadSettings(config, provider()),
      gpusOf: (namespace) => gpusHealthy(deps.gpusOf(namespace)),
      isSimulatedNode: (node) => inventory.isSimulatedNode(node),
    },
    config.timings.leaseResyncMs,
  );
  const workers = new LeaseWorkers({
    ...{ api, controller, clock, metrics, log, computeProvider: config.computeProvider },
    provider: provider().spec.address,
    chainLeases: () => sync.leases().map((l) => l.id),
    namespaces: () => inventory.leaseNamespaces(),
    manifests: () => manifestLeases(),
  });
  const manifests = new Reflector({
    ...{ api, clock, random: deps.random, resource: SECRETS, namespace: config.namespace },
    labelSelector: `${LABELS.manifest}=true`,
    // The labels say it all: the reconcile reads the Secret itself, and no manifest lingers in memory.
    project: ({ metadata }) => ({ sighting: leaseOfLabels(metadata.name, metadata.labels) }),
    onError: (err: unknown) => log.warn({ err }, 'watching manifests failed; trying again'),
  });
  manifests.store.subscribe(({ key }) => workers.enqueueName(key.split('/').at(-1) ?? ''));
  const manifestLeases = (): readonly LeaseSighting[] =>
    manifests.store.values().flatMap((m) => m.sighting ?? []);
  return {
    workers,
    run: async (signal) => {
      await Promise.all([workers.run(signal), manifests.run(signal)]);
    },
  };
};
