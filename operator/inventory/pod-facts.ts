/** Copies out of a Pod what the bid engine reads, and which lease it belongs to. */
import type { PodFacts } from '../../bidengine/cluster-facts.js';
import type { Pod } from '../../kube/core-objects.js';
import { formatLeaseId } from '../../market/ids.js';
import { leaseOfLabels } from '../leases/lease-identity.js';

/**
 * @param namespaceLabels labels of the pod's namespace, which tell the lease; pods of leases taken over from another
 * provider carry no lease labels themselves
 */
export const toPodFacts = (
  pod: Pod,
  namespaceLabels: (namespace: string) => Readonly<Record<string, string>> | undefined,
): PodFacts => {
  const { name, namespace = '', uid = '' } = pod.metadata;
  const lease = leaseOfLabels(namespace, namespaceLabels(namespace));
  return {
    namespace,
    name,
    uid,
    nodeName: pod.spec.nodeName,
    phase: pod.status?.phase ?? 'Pending',
    containers: pod.spec.containers.map((c) => ({ requests: c.resources?.requests ?? {} })),
    initContainers: (pod.spec.initContainers ?? []).map((c) => ({
      requests: c.resources?.requests ?? {},
      sidecar: c.restartPolicy === 'Always',
    })),
    overhead: pod.spec.overhead ?? {},
    podRequests: pod.spec.resources?.requests,
    leasePath: lease === undefined ? undefined : formatLeaseId(lease.id),
  };
};
