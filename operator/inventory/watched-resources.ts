/** What of the cluster is watched for the inventory, each object projected to the little that counts. */
import type {
  DraClaimFacts,
  DraSliceFacts,
  PodFacts,
  StorageClassFacts,
} from '../../bidengine/cluster-facts.js';
import { tryEffectiveRequest } from '../../bidengine/pod-request.js';
import { toNodeFacts } from '../../bidengine/kube-facts.js';
import type { KubeApi } from '../../kube/api.js';
import type { Namespace, Node, Pod } from '../../kube/core-objects.js';
import { isKubeUnknownResource } from '../../kube/errors.js';
import type { KubeObject } from '../../crds/object.js';
import { Reflector } from '../../kube/reflector.js';
import {
  CSI_STORAGE_CAPACITIES,
  DEVICE_CLASSES,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  RESOURCE_CLAIMS,
  RESOURCE_SLICES,
  SERVICES,
  STORAGE_CLASSES,
} from '../../kube/resources.js';
import type { Resource } from '../../kube/resources.js';
import { MANAGED } from '../../manifests/labels.js';
import { formatLeaseId } from '../../market/ids.js';
import type { Clock } from '../clock.js';
import type { LeaseSighting } from '../leases/compare.js';
import { leaseOfLabels } from '../leases/lease-identity.js';
import { toDraClaim, toDraSlice } from './dra-facts.js';
import { toAddressUse } from './leased-ips.js';
import type { AddressUse } from './leased-ips.js';
import { isSimulated } from './node-facts.js';
import type { WatchedNode } from './node-facts.js';
import { toPodFacts } from './pod-facts.js';
import { toCapacity, toStorageClass, toClaim } from './storage-facts.js';
import type { CapacityFacts, ClaimFacts } from './storage-facts.js';

export interface WatchDeps {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

export type AnyReflector = Watched<unknown>;

const projectNode = (node: Node): WatchedNode => ({
  facts: toNodeFacts(node),
  simulated: isSimulated(node),
  uid: node.metadata.uid ?? '',
});

/** A namespace with the lease that its labels name, worked out once: the name is a hash. */
interface WatchedNamespace {
  readonly lease: LeaseSighting | undefined;
  /** Lease path, as pods and volumes of the lease bear it. */
  readonly leasePath: string | undefined;
}

const projectNamespace = ({ metadata }: Namespace): WatchedNamespace => {
  const lease = leaseOfLabels(metadata.name, metadata.labels);
  return { lease, leasePath: lease && formatLeaseId(lease.id) };
};

/** Its request is read here, a page at a time, so that the first recount takes no longer than any other. */
const projectPod = (pod: Pod): PodFacts => {
  const facts = toPodFacts(pod, () => undefined);
  tryEffectiveRequest(facts);
  return facts;
};

type Watched<P> = Pick<Reflector<never, P>, 'run' | 'store' | 'lastEventAgeMs'>;

/** A type, not an interface, so that its values can be listed. */
export type WatchedResources = {
  readonly nodes: Watched<WatchedNode>;
  readonly pods: Watched<PodFacts>;
  readonly namespaces: Watched<WatchedNamespace>;
  readonly storageClasses: Watched<StorageClassFacts>;
  readonly capacities: Watched<CapacityFacts>;
  readonly claimsOfStorage: Watched<ClaimFacts>;
  readonly services: Watched<AddressUse>;
  readonly slices: Watched<DraSliceFacts>;
  readonly claims: Watched<DraClaimFacts>;
  /** Extended resources that classes stand for. */
  readonly deviceClasses: Watched<string>;
};

/**
 * One reflector per kind. Without the `essential` ones there is no inventory; what the others would tell is unknown until they
 * have it (an API server without DRA never does), and unknown is not sold.
 */
export const watchedResources = ({ api, clock, random, onError }: WatchDeps): WatchedResources => {
  const shared = { api, clock, random };
  const essential = <T extends KubeObject, P>(
    resource: Resource<T>,
    project: (object: T) => P | undefined,
    labelSelector?: string,
  ): Reflector<T, P> =>
    new Reflector({
      ...{ ...shared, onError, resource, project },
      ...(labelSelector === undefined ? {} : { labelSelector }),
    });
  const optional = <T extends KubeObject, P>(
    resource: Resource<T>,
    project: (object: T) => P | undefined,
  ): Reflector<T, P> =>
    new Reflector({
      ...{ ...shared, resource, project, backoff: { minMs: 250, maxMs: 300_000 } },
      onError: (error) => {
        if (!isKubeUnknownResource(error)) onError(error);
      },
    });
  return {
    nodes: essential(NODES, projectNode),
    // The lease of a pod is looked up when counting, since its namespace may be seen after it.
    pods: essential(PODS, projectPod),
    namespaces: essential(NAMESPACES, projectNamespace, `${MANAGED}=true`),
    storageClasses: essential(
      STORAGE_CLASSES,
      (sc): StorageClassFacts => toStorageClass(sc),
      `${MANAGED}=true`,
    ),
    capacities: optional(CSI_STORAGE_CAPACITIES, toCapacity),
    claimsOfStorage: optional(PERSISTENT_VOLUME_CLAIMS, toClaim),
    services: optional(SERVICES, toAddressUse),
    slices: optional(RESOURCE_SLICES, toDraSlice),
    claims: optional(RESOURCE_CLAIMS, toDraClaim),
    deviceClasses: optional(DEVICE_CLASSES, ({ spec }) => spec.extendedResourceName),
  };
};
