/**
 * From a received manifest to applied objects: parse, find the lease's group, build, apply in order, prune what is no longer
 * wanted. Nothing is touched when the manifest cannot be read: what runs keeps running.
 */
import type { KubeObject } from '../../crds/object.js';
import { isKubeForbidden, isKubeInvalid } from '../../kube/errors.js';
import type { KubeApi } from '../../kube/api.js';
import {
  DEPLOYMENTS,
  INGRESSES,
  NETWORK_POLICIES,
  resourceOf,
  ROLE_BINDINGS,
  ROLES,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
  STATEFUL_SETS,
} from '../../kube/resources.js';
import { buildLease } from '../../manifests/build-lease.js';
import { MANIFEST_SERVICE, NAMESPACE, PART } from '../../manifests/labels.js';
import type { ServicePlacement, WorkloadSettings } from '../../manifests/lease-workload.js';
import { credentialsSecretName } from '../../manifests/names.js';
import { parseManifest } from '../../manifests/manifest.js';
import type { ManifestGroup } from '../../manifests/manifest.js';
import { parseGpuAttribute } from '../../market/gpu.js';
import type { LeaseId } from '../../market/ids.js';
import type { Reason } from '../../market/reasons.js';
import type { PlacementEntry } from '../bidding/placement-record.js';
import type { ReceivedManifest } from './manifest-secret.js';

/**
 * Kinds a manifest may turn into; what pruning looks through. Registry credentials are not among them: the operator may
 * write Secrets in lease namespaces, never read them, so they go by name with the service they belong to.
 */
export const WORKLOAD_RESOURCES = [
  DEPLOYMENTS,
  STATEFUL_SETS,
  SERVICES,
  INGRESSES,
  NETWORK_POLICIES,
  SERVICE_ACCOUNTS,
  ROLES,
  ROLE_BINDINGS,
] as const;

const placementOf = (
  group: ManifestGroup,
  entries: readonly PlacementEntry[],
): Readonly<Record<string, ServicePlacement>> =>
  Object.fromEntries(
    (group.services ?? []).map((service) => {
      const own = entries.filter((e) => e.unitId === service.resources.id);
      const model = own.find((e) => e.model !== undefined)?.model;
      const gpu = model === undefined ? undefined : parseGpuAttribute(model);
      const resource = own.find((e) => e.resource !== undefined)?.resource;
      return [
        service.name,
        {
          nodes: [...new Set(own.map((e) => e.node))],
          ...(gpu?.model === undefined ? {} : { gpu: { ...gpu, model: gpu.model } }),
          ...(resource === undefined ? {} : { gpuResource: resource }),
        },
      ];
    }),
  );

export type Built =
  | { readonly ok: true; readonly objects: readonly KubeObject[]; readonly group: ManifestGroup }
  | { readonly ok: false; readonly reason: Reason };

/** Pure: the objects of `groupName` in the manifest. */
export const buildManifest = (
  id: LeaseId,
  groupName: string,
  manifest: ReceivedManifest,
  entries: readonly PlacementEntry[],
  settings: WorkloadSettings,
): Built => {
  const parsed = parseManifest(manifest.bytes);
  if (!parsed.ok) {
    const [first] = parsed.reasons;
    return {
      ok: false,
      reason: first ?? { code: 'ManifestInvalid', message: 'The stored manifest cannot be read.' },
    };
  }
  const group = parsed.manifest.find((g) => g.name === groupName);
  if (group === undefined) {
    return {
      ok: false,
      reason: {
        code: 'ManifestGroupMissing',
        message: `The manifest has no group named "${groupName}", which is the group of this lease.`,
      },
    };
  }
  const objects = buildLease({
    leaseId: id,
    group,
    manifestHash: manifest.hash,
    settings,
    placement: placementOf(group, entries),
  });
  return { ok: true, objects, group };
};

const keyOf = (o: KubeObject): string => `${o.apiVersion}/${o.kind}/${o.metadata.name}`;

/** Applies in order, then deletes objects of earlier manifests. Returns why the API server refused one, if it did. */
export const applyManifest = async (
  api: KubeApi,
  namespace: string,
  objects: readonly KubeObject[],
): Promise<Reason | undefined> => {
  for (const object of objects) {
    try {
      await api.apply(resourceOf(object), object);
    } catch (error) {
      // A validation, quota or admission policy says no: that is an answer, and its words are for people to read.
      if (!isKubeInvalid(error) && !isKubeForbidden(error)) throw error;
      const [cause] = error.causes;
      return {
        code: 'ObjectRefused',
        message:
          `The API server refuses ${object.kind} ${object.metadata.name}: ${cause === undefined ? error.message : `${cause.field}: ${cause.message}`}`.slice(
            0,
            900,
          ),
        ...(cause === undefined ? {} : { field: cause.field }),
      };
    }
  }
  await prune(api, namespace, objects);
  return undefined;
};

/** Deletes workload objects that are wanted no longer, and the credentials of services that have none (any more). */
const prune = async (
  api: KubeApi,
  namespace: string,
  objects: readonly KubeObject[],
): Promise<void> => {
  const wanted = new Set(objects.map(keyOf));
  const present = await api.listLabelled(
    WORKLOAD_RESOURCES,
    { [NAMESPACE]: namespace, [PART]: 'workload' },
    { namespace },
  );
  const services = new Set<string>();
  for (const object of [...present, ...objects]) {
    const service = object.metadata.labels?.[MANIFEST_SERVICE];
    if (service !== undefined) services.add(service);
  }
  for (const service of services) {
    const name = credentialsSecretName(service);
    const keep = objects.some((o) => o.kind === 'Secret' && o.metadata.name === name);
    if (!keep) await api.delete(SECRETS, { name, namespace });
  }
  for (const object of present) {
    if (wanted.has(keyOf(object)) || object.metadata.deletionTimestamp !== undefined) continue;
    await api.delete(
      resourceOf(object),
      { name: object.metadata.name, namespace },
      { uid: object.metadata.uid },
    );
  }
};
