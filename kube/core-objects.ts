/**
 * The built-in kinds as far as Berth reads them, in their JSON form (times are RFC 3339 text). Quantities are strings
 * such as `500m` or `64Gi`. Source: the Kubernetes API reference, v1.36.
 */
import type { KubeObject } from '../crds/object.js';

type Quantities = Readonly<Record<string, string>>;

/** A condition of a built-in kind; what else it holds differs by kind. */
export interface CoreCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface Node extends KubeObject {
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
  readonly status?: {
    readonly capacity?: Quantities;
    readonly allocatable?: Quantities;
    readonly conditions?: readonly CoreCondition[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
  };
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
  /** `Always` on an init container makes it a sidecar. */
  readonly restartPolicy?: string;
}

/** One of the three is set. */
export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: {
    readonly exitCode: number;
    readonly reason?: string;
    readonly message?: string;
    readonly finishedAt?: string;
  };
}

/** What a kubelet says of a container. */
export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly containerID?: string;
  readonly state?: ContainerState;
  /** How it ended before it was started again. */
  readonly lastState?: ContainerState;
  /** Devices of extended resources that the container was given (feature ResourceHealthStatus, on since v1.36). */
  readonly allocatedResourcesStatus?: readonly {
    readonly name: string;
    readonly resources?: readonly { readonly resourceID: string; readonly health?: string }[];
  }[];
}

export interface Pod extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly overhead?: Quantities;
    readonly affinity?: {
      readonly nodeAffinity?: {
        readonly requiredDuringSchedulingIgnoredDuringExecution?: {
          readonly nodeSelectorTerms: readonly {
            readonly matchExpressions?: readonly {
              readonly key: string;
              readonly operator: string;
              readonly values?: readonly string[];
            }[];
          }[];
        };
      };
    };
    readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
  };
  readonly status?: {
    readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly CoreCondition[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface Namespace extends KubeObject {
  readonly status?: { readonly phase?: 'Active' | 'Terminating' };
}

/** `data` is base64. */
export interface Secret extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>;
}

export interface Service extends KubeObject {
  readonly spec?: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly nodePort?: number;
      readonly protocol?: string;
    }[];
  };
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
    };
  };
}

interface WorkloadStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly conditions?: readonly CoreCondition[];
}

export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly template?: { readonly spec?: { readonly serviceAccountName?: string } };
  };
  readonly status?: WorkloadStatus;
}

export interface StatefulSet extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: WorkloadStatus;
}

/** coordination.k8s.io/v1 Lease; times are RFC 3339 with microseconds. */
export interface CoordinationLease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** The object that an event is about. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
}

/** events.k8s.io/v1 Event. */
export interface KubeEvent extends KubeObject {
  /** Null when a controller of the older kind wrote it. */
  readonly eventTime: string | null;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly action: string;
  readonly reason: string;
  readonly type: 'Normal' | 'Warning';
  readonly note: string;
  readonly regarding: ObjectReference;
  /** The older kind's time. */
  readonly deprecatedLastTimestamp?: string | null;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
}

/** authentication.k8s.io/v1 TokenReview: a question, never stored. */
export interface TokenReview extends KubeObject {
  readonly spec: { readonly token: string; readonly audiences?: readonly string[] };
  readonly status?: {
    readonly authenticated?: boolean;
    readonly audiences?: readonly string[];
    readonly user?: { readonly username?: string };
    readonly error?: string;
  };
}

/** authorization.k8s.io/v1 SubjectAccessReview: a question, never stored. */
export interface SubjectAccessReview extends KubeObject {
  readonly spec: {
    readonly user: string;
    readonly resourceAttributes: {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly namespace?: string;
      readonly name?: string;
    };
  };
  readonly status?: { readonly allowed: boolean; readonly reason?: string };
}

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding. */
export interface AdmissionPolicyBinding extends KubeObject {
  readonly spec: {
    readonly policyName: string;
    readonly validationActions?: readonly string[];
  };
}

/** apiextensions.k8s.io/v1 CustomResourceDefinition. */
export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema?: { readonly openAPIV3Schema?: object };
    }[];
  };
}

/** storage.k8s.io/v1 StorageClass. */
export interface StorageClass extends KubeObject {
  readonly provisioner?: string;
  readonly volumeBindingMode?: string;
  readonly allowedTopologies?: readonly {
    readonly matchLabelExpressions?: readonly {
      readonly key: string;
      readonly values: readonly string[];
    }[];
  }[];
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** storage.k8s.io/v1 CSIStorageCapacity: free space of a class for the nodes of one topology. */
export interface CsiStorageCapacity extends KubeObject {
  readonly storageClassName: string;
  /** Absent: no node reaches it. Empty: every node does. */
  readonly nodeTopology?: LabelSelector;
  readonly capacity?: string;
  readonly maximumVolumeSize?: string;
}

export interface PersistentVolumeClaim extends KubeObject {
  readonly spec: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: Quantities };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: Quantities };
}

/** One of the four is set. */
export interface DeviceAttribute {
  readonly string?: string;
  readonly version?: string;
  readonly int?: number;
  readonly bool?: boolean;
}

/** resource.k8s.io/v1 ResourceSlice: devices that a DRA driver publishes. */
export interface ResourceSlice extends KubeObject {
  readonly spec: {
    readonly driver: string;
    readonly nodeName?: string;
    readonly pool: {
      readonly name: string;
      readonly generation: number;
      readonly resourceSliceCount: number;
    };
    readonly devices?: readonly {
      readonly name: string;
      readonly attributes?: Readonly<Record<string, DeviceAttribute>>;
      readonly capacity?: Readonly<Record<string, { readonly value: string }>>;
      readonly taints?: readonly {
        readonly key: string;
        readonly value?: string;
        readonly effect: string;
      }[];
    }[];
  };
}

/** resource.k8s.io/v1 ResourceClaim: who holds which devices. */
export interface ResourceClaim extends KubeObject {
  readonly status?: {
    readonly allocation?: {
      readonly devices?: {
        readonly results?: readonly {
          readonly driver: string;
          readonly pool: string;
          readonly device: string;
          readonly adminAccess?: boolean;
        }[];
      };
    };
  };
}

/** resource.k8s.io/v1 DeviceClass. */
export interface DeviceClass extends KubeObject {
  readonly spec: {
    /** The resource that pods may ask for instead of claiming devices of this class. */
    readonly extendedResourceName?: string;
  };
}
