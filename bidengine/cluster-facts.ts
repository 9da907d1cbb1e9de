/** The cluster as plain facts: what the operator copies out of Kubernetes objects, nothing interpreted yet. */

import type { Reason } from '../market/reasons.js';

/** Resource name to quantity text, as Kubernetes prints both. */
export type ResourceList = Readonly<Record<string, string>>;

export interface TaintFacts {
  readonly key: string;
  readonly value?: string | undefined;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. */
  readonly effect: string;
}

/** A condition of a node other than Ready that says something is wrong; its times are left out, they change all the time. */
export interface NodeConditionFacts {
  readonly type: string;
  readonly message: string;
}

/** One GPU that is not to be sold. */
export interface DeviceFaultFacts {
  readonly uuid: string;
  readonly why: Reason;
  /** Whether the device plugin leaves it out of `allocatable` as well. */
  readonly pluginSees: boolean;
}

export interface NodeFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly TaintFacts[];
  /** `spec.unschedulable`: cordoned. */
  readonly unschedulable: boolean;
  /** Why and until when the node is being emptied; absent when it is not. */
  readonly draining?: string | undefined;
  /** Whether condition Ready is True. */
  readonly ready: boolean;
  /** Conditions of fault monitors that are True. */
  readonly faults: readonly NodeConditionFacts[];
  readonly capacity: ResourceList;
  readonly allocatable: ResourceList;
  /** GPUs that somebody who looks at each of them does not call healthy; absent for none. */
  readonly deviceFaults?: readonly DeviceFaultFacts[] | undefined;
}

/** Requests of one container; the API server has already filled requests from limits where only limits were given. */
export interface ContainerFacts {
  readonly requests: ResourceList;
}

export interface InitContainerFacts extends ContainerFacts {
  /** `restartPolicy: Always`: a sidecar, which runs on beside the containers. */
  readonly sidecar: boolean;
}

/** A requirement of a node's label, operator `In` or `Gt`. */
export interface LabelNeed {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
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
  /** Set while the scheduler finds no node: since when, and the labels that the pod needs of one. */
  readonly waiting?: { readonly sinceMs: number; readonly needs: readonly LabelNeed[] } | undefined;
  /** `owner/dseq/gseq/oseq/provider` for a tenant's pod. */
  readonly leasePath?: string | undefined;
}

/** Free space that a storage driver reports for some nodes (storage.k8s.io/v1 CSIStorageCapacity). */
export interface StorageSegmentFacts {
  /** Nodes that reach it (`nodeTopology`). */
  readonly nodes: LabelSelectorFacts;
  /** Free bytes as a quantity; absent when the driver does not know. */
  readonly capacity?: string | undefined;
  /** The largest single volume as a quantity, where that is less. */
  readonly maximumVolumeSize?: string | undefined;
}

/** A label selector; empty selects everything. */
export interface LabelSelectorFacts {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?:
    | readonly {
        readonly key: string;
        readonly operator: string;
        readonly values?: readonly string[] | undefined;
      }[]
    | undefined;
}

export interface StorageClassFacts {
  readonly name: string;
  /** Real free space where one number tells it; `undefined` when the driver does not tell. */
  readonly availableBytes: bigint | undefined;
  /** What the operator says that the class holds, and what claims have of it; asked where the driver does not tell. */
  readonly stated?: { readonly capacityBytes: bigint; readonly claimedBytes: bigint } | undefined;
  /** Free space by topology, where the driver reports it; it then overrules `availableBytes` and `stated`. */
  readonly segments?: readonly StorageSegmentFacts[] | undefined;
  /** Mountable on every node; otherwise on nodes labelled `akash.network/capabilities.storage.class.<name>`. */
  readonly everywhere: boolean;
  /** `allowedTopologies`: a volume can be made where one of these takes the node; absent for anywhere. */
  readonly topologies?: readonly LabelSelectorFacts[] | undefined;
  /** `volumeBindingMode: Immediate`: its volumes are made before the scheduler has chosen a node. */
  readonly immediate?: boolean | undefined;
}

/** A volume whose space is no longer part of what is free: it exists, or its claim counts against a stated capacity. */
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

/** A device that a DRA driver publishes (resource.k8s.io/v1 ResourceSlice), attributes of NVIDIA's driver. */
export interface DraDeviceFacts {
  readonly name: string;
  /** `gpu`, `mig`, `vfio`. */
  readonly type: string;
  readonly uuid?: string | undefined;
  /** Of the GPU that a MIG device is a part of. */
  readonly parentUuid?: string | undefined;
  readonly productName?: string | undefined;
  readonly memory?: string | undefined;
  readonly driverVersion?: string | undefined;
  readonly cudaDriverVersion?: string | undefined;
  readonly taints: readonly TaintFacts[];
}

export interface DraSliceFacts {
  /** `undefined` for devices that are of no single node. */
  readonly nodeName?: string | undefined;
  readonly driver: string;
  readonly pool: string;
  /** Only slices of the highest generation of a pool count, and only when all of them are there. */
  readonly generation: number;
  readonly slicesInPool: number;
  readonly devices: readonly DraDeviceFacts[];
}

/** Devices that a ResourceClaim holds. */
export interface DraClaimFacts {
  /** Made by the scheduler for a pod's `nvidia.com/gpu`, which the pod's requests count already. */
  readonly forExtendedResource: boolean;
  readonly devices: readonly {
    readonly driver: string;
    readonly pool: string;
    readonly device: string;
  }[];
}

export interface DraFacts {
  readonly slices: readonly DraSliceFacts[];
  readonly claims: readonly DraClaimFacts[];
  /** Extended resources that DeviceClasses stand for: without `nvidia.com/gpu` tenants' pods cannot ask for these GPUs. */
  readonly mappedResources: readonly string[];
}

export interface ClusterFacts {
  readonly nodes: readonly NodeFacts[];
  readonly pods: readonly PodFacts[];
  readonly storageClasses: readonly StorageClassFacts[];
  readonly volumes: readonly VolumeFacts[];
  readonly leasedIps: LeasedIpFacts;
  /** Absent where the API server has no resource.k8s.io/v1 or nobody publishes devices. */
  readonly dra?: DraFacts | undefined;
}
