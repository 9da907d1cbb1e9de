/** Copies out of a Pod what the bid engine reads, and which lease it belongs to. */
import type { PodFacts } from '../../bidengine/cluster-facts.js';
import { podFactsOf } from '../../bidengine/kube-facts.js';
import type { Pod } from '../../kube/core-objects.js';
import { formatLeaseId } from '../../market/ids.js';
import { leaseOfLabels } from '../leases/lease-identity.js';

/**
 * What keeps a pod from a node, while the scheduler says so. Of the label requirements those are kept that our own pods state
 * for every node alike (`manifests/affinity.ts`); reserved and opened nodes differ in the others.
 */
const toWaiting = ({ spec, status }: Pod): PodFacts['waiting'] => {
  if (spec.nodeName !== undefined) return undefined;
  const refusal = status?.conditions?.find(
    (c) => c.type === 'PodScheduled' && c.status === 'False' && c.reason === 'Unschedulable',
  );
  const sinceMs = Date.parse(refusal?.lastTransitionTime ?? '');
  if (Number.isNaN(sinceMs)) return undefined;
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const needs = (terms?.at(-1)?.matchExpressions ?? []).filter(
    ({ operator }) => operator === 'In' || operator === 'Gt',
  );
  return { sinceMs, needs };
};

/**
 * @param namespaceLabels labels of the pod's namespace, which tell the lease; pods of leases taken over from another
 * provider carry no lease labels themselves
 */
export const toPodFacts = (
  pod: Pod,
  namespaceLabels: (namespace: string) => Readonly<Record<string, string>> | undefined,
): PodFacts => {
  const { namespace = '' } = pod.metadata;
  const lease = leaseOfLabels(namespace, namespaceLabels(namespace));
  const leasePath = lease === undefined ? undefined : formatLeaseId(lease.id);
  return { ...podFactsOf(pod, leasePath), waiting: toWaiting(pod) };
};
