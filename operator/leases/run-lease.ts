/** One look at a live lease: namespace, manifest, workload; each step is safe to repeat and to be cut short after. */
import { API_VERSION } from '../../crds/constants.js';
import { COMPUTE_LEASES, NAMESPACES, resourceOf } from '../../kube/resources.js';
import { buildNamespace } from '../../manifests/build-namespace.js';
import type { KubeObject } from '../../crds/object.js';
import type { Reason } from '../../market/reasons.js';
import type { GroupSpec } from '../../market/resources.js';
import { blocksFor } from '../bidding/bid-timeout.js';
import type { AppliedObjects } from './applied-objects.js';
import { applyManifest, buildManifest } from './deploy-manifest.js';
import type { LeaseControllerDeps, LiveLease } from './lease-context.js';
import type { LeaseObservation, WorkloadObservation } from './lease-status.js';
import { closeWithoutManifest, manifestDeadline } from './manifest-timeout.js';
import { readManifest } from './manifest-secret.js';
import type { ReceivedManifest } from './manifest-secret.js';
import { observeWorkload, serviceOf } from './observe-workload.js';

export type LiveLook =
  | { readonly closed: true }
  | {
      readonly closed: false;
      readonly seen: Pick<LeaseObservation, 'manifest' | 'deployFault' | 'workload'>;
    };

interface Deployed {
  readonly fault: Reason | undefined;
  readonly objects: readonly KubeObject[];
}

const TERMINATING: Reason = {
  code: 'NamespaceTerminating',
  message:
    'Somebody is deleting the namespace of this lease although the lease lives; it is made anew once it is gone.',
};

/** The spec names the manifest that is being run, so that people see it and a lost Secret is noticed. */
const noteManifest = async (
  { api, events }: LeaseControllerDeps,
  { name, object }: LiveLease,
  manifest: ReceivedManifest,
): Promise<void> => {
  if (object.spec.manifest?.hash === manifest.hash) return;
  const { labels, finalizers } = object.metadata;
  await api.apply(COMPUTE_LEASES, {
    apiVersion: API_VERSION,
    kind: 'ComputeLease',
    metadata: {
      name,
      ...(labels === undefined ? {} : { labels }),
      ...(finalizers === undefined ? {} : { finalizers }),
    },
    spec: { ...object.spec, manifest: { hash: manifest.hash, secretName: name } },
  });
  events.record(object, {
    type: 'Normal',
    reason: 'ManifestReceived',
    action: 'Deploy',
    note: `Manifest ${manifest.hash} received; deploying it.`,
  });
};

const ensureNamespace = async (
  { api, settings }: LeaseControllerDeps,
  applied: AppliedObjects,
  live: LiveLease,
  group: GroupSpec,
): Promise<Reason | undefined> => {
  const space = await api.get(NAMESPACES, { name: live.name });
  if (space === undefined || space.metadata.deletionTimestamp !== undefined) {
    // With it goes everything in it, whatever was applied before.
    applied.forget(`${live.name}/namespace`);
    applied.forget(live.name);
  }
  if (space?.metadata.deletionTimestamp !== undefined) return TERMINATING;
  const objects = buildNamespace({ leaseId: live.id, group, settings: settings() });
  await applied.ensure(`${live.name}/namespace`, objects, async () => {
    for (const object of objects) await api.apply(resourceOf(object), object);
    return true;
  });
  return undefined;
};

const deploy = async (
  deps: LeaseControllerDeps,
  applied: AppliedObjects,
  live: LiveLease,
  group: GroupSpec,
  manifest: ReceivedManifest,
): Promise<Deployed> => {
  await noteManifest(deps, live, manifest);
  const { placement } = live.object.spec;
  const built = buildManifest(live.id, group.name, manifest, placement, deps.settings());
  if (!built.ok) return { fault: built.reason, objects: [] };
  let fault: Reason | undefined;
  const ran = await applied.ensure(live.name, built.objects, async () => {
    fault = await applyManifest(deps.api, live.name, built.objects);
    return fault === undefined;
  });
  if (ran && fault === undefined)
    deps.log.info({ lease: live.name, objects: built.objects.length }, 'manifest applied');
  return { fault, objects: built.objects };
};

/** Whether a workload that was applied is not there: somebody deleted it. */
const isIncomplete = (objects: readonly KubeObject[], workload: WorkloadObservation): boolean => {
  const present = new Set(workload.services.map((s) => s.name));
  return objects.some(
    (o) =>
      (o.kind === 'Deployment' || o.kind === 'StatefulSet') &&
      !present.has(serviceOf(o) ?? o.metadata.name),
  );
};

/** @throws when chain or cluster cannot be read or written */
export const runLease = async (
  deps: LeaseControllerDeps,
  applied: AppliedObjects,
  live: LiveLease,
  group: GroupSpec,
  signal: AbortSignal,
): Promise<LiveLook> => {
  const { api, namespace, provider, view, isSimulatedNode } = deps;
  const observe = (): Promise<WorkloadObservation> =>
    observeWorkload(api, live.name, provider().spec.domain, isSimulatedNode);
  const terminating = await ensureNamespace(deps, applied, live, group);
  const manifest = await readManifest(api, namespace, live.name);
  if (manifest !== undefined) {
    const attempt = (): Promise<Deployed> =>
      terminating === undefined
        ? deploy(deps, applied, live, group, manifest)
        : Promise.resolve({ fault: terminating, objects: [] });
    let { fault, objects } = await attempt();
    let workload = await observe();
    if (fault === undefined && isIncomplete(objects, workload)) {
      applied.forget(live.name);
      ({ fault, objects } = await attempt());
      workload = await observe();
    }
    const received = { state: 'received', hash: manifest.hash } as const;
    return { closed: false, seen: { manifest: received, deployFault: fault, workload } };
  }
  const workload = await observe();
  if (live.object.spec.manifest !== undefined || workload.services.length > 0) {
    const lost = { state: 'lost' } as const;
    return { closed: false, seen: { manifest: lost, deployFault: terminating, workload } };
  }
  if (await closeWithoutManifest(deps, live, signal)) return { closed: true };
  const timeoutBlocks = blocksFor(provider().spec.leases.manifestTimeoutSeconds, view.blockTimeMs);
  const awaited = {
    state: 'awaited',
    deadlineHeight: manifestDeadline(live.lease, timeoutBlocks),
  } as const;
  return {
    closed: false,
    seen: { manifest: awaited, deployFault: undefined, workload: undefined },
  };
};
