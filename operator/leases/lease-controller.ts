/**
 * Brings one lease to where it should be, from wherever it is: proof first, then object, namespace, manifest, workload,
 * status; or, with proof of its end, teardown. Every step can be cut short and taken up again.
 */
import { COMPUTE_LEASES } from '../../kube/resources.js';
import { formatLeaseId } from '../../market/ids.js';
import type { Lease } from '../../market/records.js';
import { AppliedObjects } from './applied-objects.js';
import type { LeaseSighting } from './compare.js';
import { ensureComputeLease } from './ensure-compute-lease.js';
import type { LeaseControllerDeps } from './lease-context.js';
import { proveLease } from './lease-proof.js';
import { Pace } from './pace.js';
import { runLease } from './run-lease.js';
import { tearDown } from './teardown.js';
import { writeClosingStatus, writeLiveStatus } from './write-lease-status.js';

/** When to look again, at the latest. */
export interface ReconcileResult {
  readonly requeueAfterMs: number;
  /** Set when the lease is gone from the cluster: forget it. */
  readonly gone?: boolean;
}

const SOON_MS = 300;
/** Applied objects are applied again after this many resyncs, in case somebody changed them. */
const REPAIR_RESYNCS = 10;

export class LeaseController {
  readonly #deps: LeaseControllerDeps;
  readonly #resyncMs: number;
  readonly #applied: AppliedObjects;
  readonly #pace: Pace;
  /** Why the chain's word on a lease is not known, as last said; said again only when it changes. */
  readonly #doubts = new Map<string, string>();

  /** @param resyncMs how long a healthy lease may go without a look */
  constructor(deps: LeaseControllerDeps, resyncMs: number) {
    this.#deps = deps;
    this.#resyncMs = resyncMs;
    this.#applied = new AppliedObjects(deps.clock, resyncMs * REPAIR_RESYNCS);
    this.#pace = new Pace(SOON_MS, resyncMs);
  }

  /** @throws when the cluster cannot be read or written; the caller retries with back-off */
  async reconcile(sighting: LeaseSighting, signal: AbortSignal): Promise<ReconcileResult> {
    const { view, log } = this.#deps;
    const { name, id } = sighting;
    const proof = await proveLease(this.#deps, view, id);
    if (proof.state === 'unknown') {
      const { code, message } = proof.reason;
      if (this.#doubts.get(name) !== code) log.warn({ lease: name, reason: code }, message);
      this.#doubts.set(name, code);
      return { requeueAfterMs: this.#resyncMs };
    }
    this.#doubts.delete(name);
    return proof.state === 'ended'
      ? this.#end(sighting, proof.lease)
      : this.#run(sighting, proof.lease, signal);
  }

  async #run(
    { name, id }: LeaseSighting,
    lease: Lease,
    signal: AbortSignal,
  ): Promise<ReconcileResult> {
    // A live lease always has a group: an endpoint that does not know it yet is behind.
    const group = await this.#deps.reader.group(id);
    if (group === undefined) return { requeueAfterMs: this.#pace.next(name, false) };
    const object = await ensureComputeLease(this.#deps, name, id, lease, group.spec);
    const live = { name, id, lease, object };
    const look = await runLease(this.#deps, this.#applied, live, group.spec, signal);
    if (look.closed) return { requeueAfterMs: SOON_MS };
    const { changed, ready } = await writeLiveStatus(this.#deps, live, look.seen);
    if (ready || look.seen.manifest.state === 'awaited') {
      this.#pace.forget(name);
      return { requeueAfterMs: this.#resyncMs };
    }
    return { requeueAfterMs: this.#pace.next(name, changed) };
  }

  async #end({ name, id }: LeaseSighting, lease: Lease): Promise<ReconcileResult> {
    const { api, namespace, funds, onGone, log } = this.#deps;
    const object = await api.get(COMPUTE_LEASES, { name });
    if (object !== undefined && (await writeClosingStatus(this.#deps, object, lease))) {
      log.info(
        { lease: name, reason: lease.reason, closedOn: lease.closedOn.toString() },
        'lease ended on chain; removing its workload',
      );
    }
    const progress = await tearDown(api, namespace, name);
    if (!progress.done) return { requeueAfterMs: this.#pace.next(name, false) };
    funds.forget(name);
    this.#deps.closes.succeeded(formatLeaseId(id));
    this.#pace.forget(name);
    this.#applied.forget(name);
    this.#applied.forget(`${name}/namespace`);
    onGone(id);
    log.info({ lease: name }, 'lease gone from the cluster');
    return { requeueAfterMs: this.#resyncMs, gone: true };
  }
}
