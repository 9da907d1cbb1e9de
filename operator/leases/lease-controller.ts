/**
 * Brings one lease to where it should be, from wherever it is: proof first, then object, namespace, manifest, workload,
 * status; or, with proof of its end, teardown. Every step can be cut short and taken up again.
 */
import { API_VERSION } from '../../crds/constants.js';
import type { ComputeLease, ComputeLeaseStatus } from '../../crds/generated/types.js';
import type { KubeObject } from '../../crds/object.js';
import { COMPUTE_LEASES, resourceOf } from '../../kube/resources.js';
import { buildNamespace } from '../../manifests/build-namespace.js';
import type { Reason } from '../../market/reasons.js';
import type { Lease } from '../../market/records.js';
import { blocksFor } from '../bidding/bid-timeout.js';
import type { LeaseSighting } from './compare.js';
import { applyManifest, buildManifest } from './deploy-manifest.js';
import { ensureComputeLease } from './ensure-compute-lease.js';
import type { LeaseControllerDeps, LiveLease } from './lease-context.js';
import { proveLease } from './lease-proof.js';
import { closingStatus, leaseStatus, statusDiffers } from './lease-status.js';
import type { WorkloadObservation } from './lease-status.js';
import { closeWithoutManifest, manifestDeadline } from './manifest-timeout.js';
import { readManifest } from './manifest-secret.js';
import type { ReceivedManifest } from './manifest-secret.js';
import { observeWorkload } from './observe-workload.js';
import { tearDown } from './teardown.js';

/** When to look again, at the latest. */
export interface ReconcileResult {
  readonly requeueAfterMs: number;
  /** Set when the lease is gone from the cluster: forget it. */
  readonly gone?: boolean;
}

const SOON_MS = 300;

export class LeaseController {
  readonly #deps: LeaseControllerDeps;
  readonly #resyncMs: number;
  /** What was last applied per lease, to apply again only when it changes or to repair drift now and then. */
  readonly #applied = new Map<
    string,
    { readonly fingerprint: string; readonly at: number; readonly objects: readonly KubeObject[] }
  >();

  /** @param resyncMs how long a healthy lease may go without a look */
  constructor(deps: LeaseControllerDeps, resyncMs: number) {
    this.#deps = deps;
    this.#resyncMs = resyncMs;
  }

  /** @throws when the cluster cannot be read or written; the caller retries with back-off */
  async reconcile(sighting: LeaseSighting, signal: AbortSignal): Promise<ReconcileResult> {
    const { reader, view, log } = this.#deps;
    const { name, id } = sighting;
    const proof = await proveLease(reader, view, id);
    switch (proof.state) {
      case 'unknown':
        log.warn({ lease: name, reason: proof.reason.code }, proof.reason.message);
        return { requeueAfterMs: this.#resyncMs };
      case 'ended':
        return this.#end(sighting, proof.lease);
      case 'live': {
        const object = await ensureComputeLease(this.#deps, name, id, proof.lease);
        return this.#run({ name, id, lease: proof.lease, object }, signal);
      }
    }
  }

  async #run(live: LiveLease, signal: AbortSignal): Promise<ReconcileResult> {
    const { api, reader, namespace } = this.#deps;
    const group = await reader.group(live.id);
    if (group === undefined) return { requeueAfterMs: SOON_MS };
    await this.#ensureNamespace(live, group.spec);
    const manifest = await readManifest(api, namespace, live.name);
    let fault: Reason | undefined;
    let workload: WorkloadObservation | undefined;
    if (manifest !== undefined) {
      fault = await this.#deploy(live, group.spec.name, manifest);
      workload = await this.#observe(live);
    } else if (await closeWithoutManifest(this.#deps, live, signal)) {
      return { requeueAfterMs: SOON_MS };
    }
    const ready = await this.#writeStatus(live, manifest, fault, workload);
    return { requeueAfterMs: ready || manifest === undefined ? this.#resyncMs : SOON_MS * 5 };
  }

  async #ensureNamespace(
    live: LiveLease,
    group: Parameters<typeof buildNamespace>[0]['group'],
  ): Promise<void> {
    const key = `${live.name}/namespace`;
    const objects = buildNamespace({ leaseId: live.id, group, settings: this.#deps.settings() });
    if (!this.#needsApply(key, objects)) return;
    for (const object of objects) await this.#deps.api.apply(resourceOf(object), object);
    this.#noteApplied(key, objects);
  }

  async #deploy(
    live: LiveLease,
    groupName: string,
    manifest: ReceivedManifest,
  ): Promise<Reason | undefined> {
    const { api, settings, log } = this.#deps;
    await this.#noteManifest(live, manifest);
    const built = buildManifest(
      live.id,
      groupName,
      manifest,
      live.object.spec.placement,
      settings(),
    );
    if (!built.ok) return built.reason;
    if (!this.#needsApply(live.name, built.objects)) return undefined;
    const refused = await applyManifest(api, live.name, built.objects);
    if (refused === undefined) {
      this.#noteApplied(live.name, built.objects);
      log.info({ lease: live.name, objects: built.objects.length }, 'manifest applied');
    }
    return refused;
  }

  /** The spec names the manifest that is being run, so that people see it and a later one is noticed. */
  async #noteManifest(live: LiveLease, manifest: ReceivedManifest): Promise<void> {
    if (live.object.spec.manifest?.hash === manifest.hash) return;
    const { api, events } = this.#deps;
    const { name, labels, finalizers } = live.object.metadata;
    await api.apply(COMPUTE_LEASES, {
      apiVersion: API_VERSION,
      kind: 'ComputeLease',
      metadata: {
        name,
        ...(labels === undefined ? {} : { labels }),
        ...(finalizers === undefined ? {} : { finalizers }),
      },
      spec: { ...live.object.spec, manifest: { hash: manifest.hash, secretName: live.name } },
    });
    events.record(live.object, {
      type: 'Normal',
      reason: 'ManifestReceived',
      action: 'Deploy',
      note: `Manifest ${manifest.hash} received; deploying it.`,
    });
  }

  #needsApply(key: string, objects: readonly KubeObject[]): boolean {
    const last = this.#applied.get(key);
    if (last === undefined || last.fingerprint !== JSON.stringify(objects)) return true;
    return this.#deps.clock.monotonic() - last.at > this.#resyncMs * 10;
  }

  #noteApplied(key: string, objects: readonly KubeObject[]): void {
    this.#applied.set(key, {
      fingerprint: JSON.stringify(objects),
      at: this.#deps.clock.monotonic(),
      objects,
    });
  }

  #observe(live: LiveLease): Promise<WorkloadObservation> {
    const { api, provider, isSimulatedNode } = this.#deps;
    const applied = this.#applied.get(live.name)?.objects ?? [];
    return observeWorkload(api, live.name, applied, provider().spec.domain, isSimulatedNode);
  }

  /** Writes the status when it changed. Returns whether the lease is ready. */
  async #writeStatus(
    live: LiveLease,
    manifest: ReceivedManifest | undefined,
    fault: Reason | undefined,
    workload: WorkloadObservation | undefined,
  ): Promise<boolean> {
    const { funds, clock, view, provider } = this.#deps;
    const timeoutBlocks = blocksFor(
      provider().spec.leases.manifestTimeoutSeconds,
      view.blockTimeMs,
    );
    const status = leaseStatus(
      {
        lease: live.lease,
        manifestHash: manifest?.hash,
        manifestDeadlineHeight: manifestDeadline(live.lease, timeoutBlocks),
        deployFault: fault,
        workload,
        money: funds.get(live.name),
        lastWithdrawal: funds.lastWithdrawal(live.name),
      },
      live.object.status,
      live.object.metadata.generation ?? 1,
      new Date(clock.now()).toISOString(),
    );
    if (statusDiffers(live.object.status, status)) await this.#applyStatus(live.object, status);
    return status.phase === 'Running' || status.phase === 'Scheduled';
  }

  async #applyStatus(object: ComputeLease, status: ComputeLeaseStatus): Promise<void> {
    const { api, events } = this.#deps;
    await api.applyStatus(COMPUTE_LEASES, {
      apiVersion: API_VERSION,
      kind: 'ComputeLease',
      metadata: { name: object.metadata.name },
      status,
    });
    if (object.status?.phase !== status.phase) {
      events.record(object, {
        type: status.phase === 'Degraded' ? 'Warning' : 'Normal',
        reason: status.phase,
        action: 'Reconcile',
        note: `The lease is now ${status.phase}.`,
      });
    }
  }

  async #end({ name, id }: LeaseSighting, lease: Lease): Promise<ReconcileResult> {
    const { api, namespace, clock, funds, onGone, log } = this.#deps;
    const object = await api.get(COMPUTE_LEASES, { name });
    if (object !== undefined && object.status?.phase !== 'Closing') {
      log.info(
        { lease: name, reason: lease.reason, closedOn: lease.closedOn.toString() },
        'lease ended on chain; removing its workload',
      );
      const now = new Date(clock.now()).toISOString();
      await this.#applyStatus(
        object,
        closingStatus(lease, object.status, object.metadata.generation ?? 1, now),
      );
    }
    const progress = await tearDown(api, namespace, name);
    if (!progress.done) return { requeueAfterMs: SOON_MS };
    funds.forget(name);
    this.#applied.delete(name);
    this.#applied.delete(`${name}/namespace`);
    onGone(id);
    log.info({ lease: name }, 'lease gone from the cluster');
    return { requeueAfterMs: this.#resyncMs, gone: true };
  }
}
