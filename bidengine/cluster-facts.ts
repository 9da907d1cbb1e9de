/** The cluster as plain facts: what the operator copies out of Kubernetes objects, nothing interpreted yet. */

/** Resource name to quantity text, as Kubernetes prints both. */
export type ResourceList = Readonly<Record<string, string>>;

export interface TaintFacts {
  readonly key: string;
  readonly value?: string | undefined;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. */
  readonly effect: string;
}

export interface NodeFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly TaintFacts[];
  /** `spec.unschedulable`: cordoned. */
  readonly unschedulable: boolean;
  /** Whether condition Ready is True. */
  readonly ready: boolean;
  readonly capacity: ResourceList;
  readonly allocatable: ResourceList;
}

/** Requests of one container; the API server has already filled requests from limits where only limits were given. */
export interface ContainerFacts {
  readonly requests: ResourceList;
}

export interface InitContainerFacts extends ContainerFacts {
  /** `restartPolicy: Always`: a sidecar, which runs on beside the containers. */
  readonly sidecar: boolean;
}

export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** `undefined` until the pod is bound. */
  readonly nodeName?: string | undefined;
  /** `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`. */
  readonly phase: string;
  readonly containers: readonly ContainerFacts[];
  readonly initContainers: readonly InitContainerFacts[];
  readonly overhead: ResourceList;
  /** `spec.resources.requests`: where it names a resource it stands for all containers together. */
  readonly podRequests?: ResourceList | undefined;
  /** `owner/dseq/gseq/oseq/provider` for a tenant's pod. */
  readonly leasePath?: string | undefined;
}

export interface StorageClassFacts {
  readonly name: string;
  /** Real free space; `undefined` when the driver does not tell. */
  readonly availableBytes: bigint | undefined;
  /** Mountable on every node; otherwise on nodes labelled `akash.network/capabilities.storage.class.<name>`. */
  readonly everywhere: boolean;
}

/** A volume that exists, so that its space is no longer part of what is free. */
export interface VolumeFacts {
  readonly className: string;
  readonly bytes: bigint;
  readonly leasePath: string;
}

export interface LeasedIpFacts {
  readonly available: number;
  /** Addresses in use, which are no longer part of `available`. */
  readonly assigned: readonly { readonly leasePath: string; readonly count: number }[];
}

export interface ClusterFacts {
  readonly nodes: readonly NodeFacts[];
  readonly pods: readonly PodFacts[];
  readonly storageClasses: readonly StorageClassFacts[];
  readonly volumes: readonly VolumeFacts[];
  readonly leasedIps: LeasedIpFacts;
}
