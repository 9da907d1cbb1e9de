/**
 * The end of a lease in the cluster: everything of it goes, in an order that can be cut short anywhere and taken up again.
 * Called only with proof that the lease has ended.
 */
import { API_VERSION, FINALIZERS } from '../../crds/constants.js';
import type { ComputeLease } from '../../crds/generated/types.js';
import type { KubeApi } from '../../kube/api.js';
import { COMPUTE_LEASES, NAMESPACES, SECRETS } from '../../kube/resources.js';
import { leaseOfLabels } from './lease-identity.js';

/** Whether the lease is gone, or what is still going. */
export type TeardownProgress =
  | { readonly done: true }
  | { readonly done: false; readonly waitingFor: 'namespace' | 'computelease' };

const removeFinalizer = async (api: KubeApi, object: ComputeLease): Promise<void> => {
  const finalizers = (object.metadata.finalizers ?? []).filter((f) => f !== FINALIZERS.lease);
  await api.replace(COMPUTE_LEASES, { ...object, metadata: { ...object.metadata, finalizers } });
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
  if (object.metadata.deletionTimestamp === undefined) {
    await api.delete(COMPUTE_LEASES, { name }, { uid: object.metadata.uid });
    return { done: false, waitingFor: 'computelease' };
  }
  await removeFinalizer(api, object);
  return { done: false, waitingFor: 'computelease' };
};

/** Marks the object as closing, so that people see why it goes. */
export const markClosing = async (
  api: KubeApi,
  object: ComputeLease,
  status: NonNullable<ComputeLease['status']>,
): Promise<void> => {
  await api.applyStatus(COMPUTE_LEASES, {
    apiVersion: API_VERSION,
    kind: 'ComputeLease',
    metadata: { name: object.metadata.name },
    status,
  });
};
