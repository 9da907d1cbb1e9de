/** The lease queue: who is looked at when. Events, the comparison and each lease's own wish put names into it. */
import { COMPUTE_LEASES } from '../../kube/resources.js';
import type { KubeApi } from '../../kube/api.js';
import { WorkQueue } from '../../kube/work-queue.js';
import { runWorkers } from '../../kube/workers.js';
import { LABELS } from '../../crds/constants.js';
import type { ComputeLease } from '../../crds/generated/types.js';
import type { LeaseId } from '../../market/ids.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import { compareLeases } from './compare.js';
import type { LeaseSighting } from './compare.js';
import type { LeaseController } from './lease-controller.js';
import { sightingOf, sightingOfObject } from './lease-identity.js';

export interface LeaseWorkersDeps {
  readonly api: KubeApi;
  readonly controller: LeaseController;
  readonly clock: Clock;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  readonly computeProvider: string;
  readonly provider: string;
  /** Live leases on chain as of the last recount. */
  readonly chainLeases: () => readonly LeaseId[];
  readonly namespaces: () => readonly LeaseSighting[];
  /** Leases that a manifest Secret is kept for: one that came after the end of its lease goes with it. */
  readonly manifests: () => readonly LeaseSighting[];
}

const CONCURRENCY = 4;
/** A Deployment's status follows its pods' by a moment. */
const FOLLOWS_MS = 1_000;
const MAX_RETRY_MS = 30_000;

export class LeaseWorkers {
  readonly #deps: LeaseWorkersDeps;
  readonly #queue: WorkQueue;
  readonly #known = new Map<string, LeaseSighting>();

  constructor(deps: LeaseWorkersDeps) {
    this.#deps = deps;
    this.#queue = new WorkQueue({ clock: deps.clock, baseDelayMs: 100, maxDelayMs: MAX_RETRY_MS });
  }

  enqueue(sighting: LeaseSighting): void {
    this.#known.set(sighting.name, sighting);
    this.#queue.add(sighting.name);
  }

  enqueueLease(id: LeaseId): void {
    this.enqueue(sightingOf(id));
  }

  /** Looks again at a lease that is known by its name; a name that is not a lease's does nothing. */
  enqueueName(name: string): void {
    if (!this.#known.has(name)) return;
    this.#queue.add(name);
    this.#queue.addAfter(name, FOLLOWS_MS);
  }

  /** Compares the three sources, counts the disagreements, and reconciles everything seen. @throws KubeError */
  async compare(): Promise<readonly ComputeLease[]> {
    const { api, chainLeases, namespaces, manifests, computeProvider, provider, metrics } =
      this.#deps;
    const { items } = await api.list(COMPUTE_LEASES, {
      labelSelector: `${LABELS.provider}=${computeProvider}`,
    });
    const ours = (s: LeaseSighting): boolean => s.id.provider === provider;
    const result = compareLeases(
      chainLeases().map(sightingOf),
      items.map(sightingOfObject).filter(ours),
      namespaces().filter(ours),
    );
    metrics.discrepancies('missing-computelease', result.missingComputeLease.length);
    metrics.discrepancies('missing-namespace', result.missingNamespace.length);
    metrics.discrepancies('orphan-computelease', result.orphanComputeLease.length);
    metrics.discrepancies('orphan-namespace', result.orphanNamespace.length);
    for (const sighting of [...manifests().filter(ours), ...result.names]) this.enqueue(sighting);
    const phases = new Map<string, number>();
    for (const { status } of items) {
      const phase = status?.phase ?? 'New';
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
    }
    metrics.leases(phases);
    return items;
  }

  /** Works until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { controller, metrics, log } = this.#deps;
    await runWorkers(
      {
        queue: this.#queue,
        concurrency: CONCURRENCY,
        reconcile: async (name) => {
          const sighting = this.#known.get(name);
          if (sighting === undefined) return undefined;
          const result = await controller.reconcile(sighting, signal);
          if (result.gone !== true) return { requeueAfterMs: result.requeueAfterMs };
          this.#known.delete(name);
          return undefined;
        },
        onError: (error, name, delayMs) => {
          metrics.reconcileError('lease');
          log.warn(
            { err: error, lease: name, retryInMs: delayMs },
            'a lease could not be reconciled; trying again',
          );
        },
      },
      signal,
    );
  }
}
