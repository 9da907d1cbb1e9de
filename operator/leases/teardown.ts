/**
 * The end of a lease in the cluster: everything of it goes, in an order that can be cut short anywhere and taken up again.
 * Called only with proof that the lease has ended.
 */
import { FINALIZERS } from '../../crds/constants.js';
import type { ComputeLease } from '../../crds/generated/types.js';
import type { KubeApi } from '../../kube/api.js';
import type { Namespace } from '../../kube/core-objects.js';
import { isKubeConflict, isKubeForbidden, isKubeNotFound } from '../../kube/errors.js';
import { COMPUTE_LEASES, NAMESPACES, SECRETS } from '../../kube/resources.js';
import { accountUser, buildProcessRights } from '../../manifests/process-rights.js';
import type { Reason } from '../../market/reasons.js';
import type { LeaseSighting } from './compare.js';
import { bindRights } from './enter-namespace.js';
import type { LeaseControllerDeps } from './lease-context.js';
import { leaseOfLabels } from './lease-identity.js';

type Deps = Pick<LeaseControllerDeps, 'api' | 'clock' | 'namespace' | 'settings'>;

/** Whether the lease is gone, or what is still going. */
export type TeardownProgress =
  | { readonly done: true }
  | {
      readonly done: false;
      readonly waitingFor: 'namespace' | 'computelease';
      /** Why the namespace cannot be deleted. */
      readonly reason?: Reason;
    };

/** Somebody else's change in between, or the object's end, is no failure: the next look takes it from there. */
const removeFinalizer = async (api: KubeApi, object: ComputeLease): Promise<void> => {
  const finalizers = (object.metadata.finalizers ?? []).filter((f) => f !== FINALIZERS.lease);
  try {
    await api.replace(COMPUTE_LEASES, { ...object, metadata: { ...object.metadata, finalizers } });
  } catch (error) {
    if (!isKubeConflict(error) && !isKubeNotFound(error)) throw error;
  }
};

/** Deletes it; where the rights to are missing (it was made before there were any), takes them for the next try. */
const removeNamespace = async (
  { api, clock, settings }: Deps,
  { name, id }: LeaseSighting,
  { metadata }: Namespace,
  signal: AbortSignal,
): Promise<Reason | undefined> => {
  if (metadata.deletionTimestamp !== undefined) return undefined;
  try {
    await api.delete(NAMESPACES, { name }, { uid: metadata.uid });
    return undefined;
  } catch (error) {
    if (!isKubeForbidden(error)) throw error;
  }
  const wanted = settings();
  const bindings = buildProcessRights({ leaseId: id, settings: wanted });
  const user = accountUser(wanted.rights.operator);
  return bindRights({ api, clock, user }, name, bindings, signal);
};

/** One step on the way; call again until `done`. @throws KubeError when the API server does not answer */
export const tearDown = async (
  deps: Deps,
  sighting: LeaseSighting,
  signal: AbortSignal,
): Promise<TeardownProgress> => {
  const { api } = deps;
  const { name } = sighting;
  const space = await api.get(NAMESPACES, { name });
  if (space !== undefined && leaseOfLabels(name, space.metadata.labels) !== undefined) {
    const reason = await removeNamespace(deps, sighting, space, signal);
    return { done: false, waitingFor: 'namespace', ...(reason === undefined ? {} : { reason }) };
  }
  await api.delete(SECRETS, { name, namespace: deps.namespace });
  const object = await api.get(COMPUTE_LEASES, { name });
  if (object === undefined) return { done: true };
  if (object.metadata.deletionTimestamp === undefined)
    await api.delete(COMPUTE_LEASES, { name }, { uid: object.metadata.uid });
  const going = await api.get(COMPUTE_LEASES, { name });
  if (going?.metadata.finalizers?.includes(FINALIZERS.lease) === true)
    await removeFinalizer(api, going);
  return (await api.get(COMPUTE_LEASES, { name })) === undefined
    ? { done: true }
    : { done: false, waitingFor: 'computelease' };
};
