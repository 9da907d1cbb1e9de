/** What the cluster shows of a lease: replicas per service, what keeps pods from being ready, hostnames and ports. */
import type { LeaseEndpoint, LeaseServiceStatus } from '../../crds/generated/types.js';
import type { KubeObject } from '../../crds/object.js';
import type { KubeApi } from '../../kube/api.js';
import type { Deployment, Pod, Service, StatefulSet } from '../../kube/core-objects.js';
import { DEPLOYMENTS, INGRESSES, PODS, SERVICES, STATEFUL_SETS } from '../../kube/resources.js';
import { MANIFEST_SERVICE, NAMESPACE } from '../../manifests/labels.js';
import type { WorkloadObservation } from './lease-status.js';
import { illDevicesOf, lastEndingOf, troubleOf } from './pod-troubles.js';

/** The manifest service that an object belongs to. */
export const serviceOf = (object: KubeObject): string | undefined =>
  object.metadata.labels?.[MANIFEST_SERVICE];

/** What keeps a workload from having pods at all, in its controller's words: a quota, an admission policy. */
const refusalOf = ({ status }: Deployment | StatefulSet): string | undefined => {
  const refusal = status?.conditions?.find(
    (c) => c.type === 'ReplicaFailure' && c.status === 'True',
  );
  return refusal === undefined
    ? undefined
    : `${refusal.reason ?? 'ReplicaFailure'}: ${refusal.message ?? ''}`.slice(0, 300);
};

/** Hostnames by service name, from the ingresses that exist. */
export const hostnamesOf = (
  objects: readonly KubeObject[],
): ReadonlyMap<string, readonly string[]> => {
  const hosts = new Map<string, string[]>();
  for (const object of objects) {
    const service = serviceOf(object);
    if (object.kind !== 'Ingress' || service === undefined) continue;
    const { rules = [] } =
      (object as { spec?: { rules?: readonly { host?: string }[] } }).spec ?? {};
    const own = hosts.get(service) ?? [];
    hosts.set(service, [...own, ...rules.flatMap((r) => (r.host === undefined ? [] : [r.host]))]);
  }
  return hosts;
};

const endpointsOf = (services: readonly Service[], host: string): readonly LeaseEndpoint[] =>
  services.flatMap((service) => {
    const name = serviceOf(service);
    if (name === undefined || service.spec?.type !== 'NodePort') return [];
    return (service.spec.ports ?? []).flatMap((port) =>
      port.nodePort === undefined
        ? []
        : [
            {
              service: name,
              protocol: port.protocol === 'UDP' ? ('UDP' as const) : ('TCP' as const),
              port: port.port,
              externalPort: port.nodePort,
              host,
            },
          ],
    );
  });

const statusOf = (
  workload: Deployment | StatefulSet,
  pods: readonly Pod[],
  uris: readonly string[],
): LeaseServiceStatus => {
  const name = serviceOf(workload) ?? workload.metadata.name;
  const ready = workload.status?.readyReplicas ?? 0;
  const total = workload.spec.replicas ?? 1;
  const message = ready < total ? (troubleOf(pods) ?? refusalOf(workload)) : undefined;
  const lastEnding = lastEndingOf(pods);
  const illDevices = illDevicesOf(pods);
  return {
    ...{ name, ready, total, uris },
    ...(message === undefined ? {} : { message }),
    ...(lastEnding === undefined ? {} : { lastEnding }),
    ...(illDevices.length === 0 ? {} : { illDevices }),
  };
};

/** Reads what exists, not what was applied: after a restart, or of a lease taken over, nothing else is known. */
export const observeWorkload = async (
  api: KubeApi,
  namespace: string,
  publicHost: string,
  isSimulatedNode: (node: string) => boolean,
): Promise<WorkloadObservation> => {
  const options = { namespace, labelSelector: `${NAMESPACE}=${namespace}` };
  const [deployments, statefulSets, services, ingresses, pods] = await Promise.all([
    api.list(DEPLOYMENTS, options),
    api.list(STATEFUL_SETS, options),
    api.list(SERVICES, options),
    api.list(INGRESSES, options),
    api.list(PODS, options),
  ]);
  const hosts = hostnamesOf(ingresses.items);
  const bound = pods.items.flatMap((p) => p.spec.nodeName ?? []);
  const workloads = [...deployments.items, ...statefulSets.items].sort((a, b) =>
    a.metadata.name < b.metadata.name ? -1 : 1,
  );
  return {
    services: workloads.map((w) => {
      const name = serviceOf(w) ?? w.metadata.name;
      return statusOf(
        w,
        pods.items.filter((p) => serviceOf(p) === name),
        hosts.get(name) ?? [],
      );
    }),
    endpoints: endpointsOf(services.items, publicHost),
    reallyRuns: bound.length > 0 && bound.every((node) => !isSimulatedNode(node)),
  };
};
