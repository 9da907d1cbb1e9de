/**
 * The end of a lease in the cluster: everything of it goes, in an order that can be cut short anywhere and taken up again.
 * Called only with proof that the lease has ended.
 */
import { FINALIZERS } from '../../crds/constants.js';
import type { ComputeLease } from '../../crds/generated/types.js';
import type { KubeApi } from '../../kube/api.js';
import { isKubeConflict, isKubeNotFound } from '../../kube/errors.js';
import { COMPUTE_LEASES, NAMESPACES, SECRETS } from '../../kube/resources.js';
import { leaseOfLabels } from './lease-identity.js';

/** Whether the lease is gone, or what is still going. */
export type TeardownProgress =
  | { readonly done: true }
  | { readonly done: false; readonly waitingFor: 'namespace' | 'computelease' };

/** Somebody else's change in between, or the object's end, is no failure: the next look takes it from there. */
const removeFinalizer = async (api: KubeApi, object: ComputeLease): Promise<void> => {
  const finalizers = (object.metadata.finalizers ?? []).filter((f) => f !== FINALIZERS.lease);
  try {
    await api.replace(COMPUTE_LEASES, { ...object, metadata: { ...object.metadata, finalizers } });
  } catch (error) {
    if (!isKubeConflict(error) && !isKubeNotFound(error)) throw error;
  }
};

/** One step on the way; call again until `done`. @throws KubeError when the API server does not answer */
export const tearDown = async (
  api: KubeApi,
  operatorNamespace: string,
  name: string,
): Promise<TeardownProgress> => {
  const space = await api.get(NAMESPACES, { name });
  if (space !== undefined && leaseOfLabels(name, space.metadata.labels) !== undefined) {
    if (space.metadata.deletionTimestamp === undefined) {
      await api.delete(NAMESPACES, { name }, { uid: space.metadata.uid });
    }
    return { done: false, waitingFor: 'namespace' };
  }
  await api.delete(SECRETS, { name, namespace: operatorNamespace });
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
