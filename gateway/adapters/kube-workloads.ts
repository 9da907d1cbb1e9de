/** What runs for a lease, read from its namespace: Deployments, StatefulSets, Services, Ingresses; and what its ComputeLease warns of. */
import { findCondition } from '../../crds/conditions.js';
import { AKASH_LABELS } from '../../crds/constants.js';
import type { ComputeLease } from '../../crds/generated/types.js';
import type { KubeObject } from '../../crds/object.js';
import type { KubeApi } from '../../kube/api.js';
import type { Deployment, StatefulSet } from '../../kube/core-objects.js';
import {
  COMPUTE_LEASES,
  DEPLOYMENTS,
  INGRESSES,
  SERVICES,
  STATEFUL_SETS,
} from '../../kube/resources.js';
import type { Resource } from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import type {
  ForwardedPort,
  LeasedIp,
  LeaseWarning,
  ServiceWorkload,
  WorkloadReader,
} from '../ports.js';
import type { Ask } from './asking.js';

/** A Service with the fields that lead from a port outside to one inside. */
interface LeaseService extends KubeObject {
  readonly spec?: {
    readonly type?: string;
    readonly ports?: readonly {
      readonly port: number;
      readonly targetPort?: number | string;
      readonly nodePort?: number;
      readonly protocol?: string;
    }[];
  };
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string }[];
    };
  };
}

interface LeaseIngress extends KubeObject {
  readonly spec?: {
    readonly rules?: readonly { readonly host?: string }[];
  };
}

const untyped = ({ group, version, kind, plural, namespaced }: Resource) => ({
  group,
  version,
  kind,
  plural,
  namespaced,
});
const LEASE_SERVICES: Resource<LeaseService> = untyped(SERVICES);
const LEASE_INGRESSES: Resource<LeaseIngress> = untyped(INGRESSES);

/** Name of the manifest's service that an object serves; its own name when it lacks the label. */
const serviceOf = (object: KubeObject): string =>
  object.metadata.labels?.[AKASH_LABELS.manifestService] ?? object.metadata.name;

const protocolOf = (text: string | undefined): 'TCP' | 'UDP' => (text === 'UDP' ? 'UDP' : 'TCP');

const workloadOf = (
  object: Deployment | StatefulSet,
  ingresses: readonly LeaseIngress[],
): ServiceWorkload => {
  const name = serviceOf(object);
  return {
    name,
    observedGeneration: object.status?.observedGeneration ?? 0,
    replicas: object.status?.replicas ?? 0,
    updatedReplicas: object.status?.updatedReplicas ?? 0,
    readyReplicas: object.status?.readyReplicas ?? 0,
    availableReplicas: object.status?.availableReplicas ?? 0,
    hosts: ingresses
      .filter((ingress) => serviceOf(ingress) === name)
      .flatMap((ingress) => ingress.spec?.rules ?? [])
      .flatMap(({ host }) => (host === undefined ? [] : [host])),
  };
};

const portsOf = (service: LeaseService): NonNullable<NonNullable<LeaseService['spec']>['ports']> =>
  service.spec?.ports ?? [];

const forwardedPorts = (service: LeaseService): readonly ForwardedPort[] =>
  service.spec?.type !== 'NodePort'
    ? []
    : portsOf(service).flatMap(({ port, targetPort, nodePort, protocol }) =>
        nodePort === undefined || nodePort === 0
          ? [] // the cluster has not chosen one yet
          : [
              {
                service: serviceOf(service),
                port: typeof targetPort === 'number' ? targetPort : port,
                externalPort: nodePort,
                protocol: protocolOf(protocol),
              },
            ],
      );

const leasedIps = (service: LeaseService): readonly LeasedIp[] =>
  service.spec?.type !== 'LoadBalancer'
    ? []
    : (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) =>
        ip === undefined
          ? []
          : portsOf(service).map(({ port, targetPort, protocol }) => ({
              service: serviceOf(service),
              port: typeof targetPort === 'number' ? targetPort : port,
              externalPort: port,
              protocol: protocolOf(protocol),
              ip,
            })),
      );

/** Conditions that warn a tenant while they hold. */
const WARNINGS = ['FundsLow', 'Reclaiming'];

const warningsOf = (lease: ComputeLease | undefined): readonly LeaseWarning[] =>
  WARNINGS.flatMap((type) => {
    const found = findCondition(lease?.status?.conditions, type);
    return found?.status === 'True' ? [{ code: found.reason, message: found.message }] : [];
  });

/** Needs list of those four kinds in the namespaces of leases, and get of computeleases. */
export const createKubeWorkloads = (api: KubeApi, ask: Ask): WorkloadReader => ({
  workload: async (lease) => {
    const namespace = leaseNamespace(lease);
    const [deployments, statefulSets, services, ingresses, object] = await ask(() =>
      Promise.all([
        api.list(DEPLOYMENTS, { namespace }),
        api.list(STATEFUL_SETS, { namespace }),
        api.list(LEASE_SERVICES, { namespace }),
        api.list(LEASE_INGRESSES, { namespace }),
        api.get(COMPUTE_LEASES, { name: namespace }),
      ]),
    );
    const workloads = [...deployments.items, ...statefulSets.items];
    if (workloads.length === 0) return undefined;
    const warnings = warningsOf(object);
    return {
      ...(warnings.length === 0 ? {} : { warnings }),
      services: workloads.map((object) => workloadOf(object, ingresses.items)),
      forwardedPorts: services.items.flatMap(forwardedPorts),
      leasedIps: services.items.flatMap(leasedIps),
    };
  },
});
