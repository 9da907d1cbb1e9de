/** What the builders need to know, as plain data: the lease, its manifest group, where it was placed, and the cluster. */
import type { GpuModel } from '../market/gpu.js';
import type { LeaseId } from '../market/ids.js';
import type { GroupSpec } from '../market/resources.js';
import type { ManifestGroup } from './manifest.js';

/** Pods that tenants' pods may talk with, beyond their own namespace. */
export interface PodPeer {
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
}

/** What of the cluster and of the provider's configuration shapes a lease's network and namespace. */
export interface NamespaceSettings {
  /** The ingress controller's pods, which may reach every pod of a lease. */
  readonly ingressController: PodPeer;
  /** The cluster's DNS servers, reachable on port 53. */
  readonly clusterDns: PodPeer;
  /** Addresses of nodes, pods, services and API server, IPv4 or IPv6, which tenants must not reach. */
  readonly clusterCidrs: readonly string[];
}

/** How much less than its limit a container requests: limit / factor, at least 1. GPUs are never shared. */
export interface CommitLevels {
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
}

/** Where the API server listens, for services that may read their own logs or events. */
export interface ApiServerEndpoint {
  readonly ip: string;
  readonly port: number;
}

/** What of the cluster and of the provider's configuration shapes workloads. */
export interface WorkloadSettings extends NamespaceSettings {
  readonly ingressClassName: string;
  /** Domain under which services get a hostname of their own. */
  readonly ingressDomain: string;
  readonly staticHosts: boolean;
  /** The provider's host, given to containers as AKASH_CLUSTER_PUBLIC_HOSTNAME. */
  readonly publicHostname: string;
  /** Runtime class for pods with NVIDIA GPUs, when the cluster has one that they need. */
  readonly gpuRuntimeClassName?: string | undefined;
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  /** Name of a Secret in every lease namespace for pulling images, used where the tenant gave no credentials. */
  readonly imagePullSecretName?: string | undefined;
  /** MetalLB address pool of leased IPs; MetalLB chooses when absent. */
  readonly ipAddressPool?: string | undefined;
  readonly apiServerEndpoints: readonly ApiServerEndpoint[];
  readonly commitLevels?: CommitLevels | undefined;
}

/** What the reservation of a service's replicas settled. */
export interface ServicePlacement {
  /** Nodes reserved for its replicas: they run there, or where the operator lets them when one is lost. */
  readonly nodes: readonly string[];
  /** The concrete model that was sold; required of every node. */
  readonly gpu?: GpuModel | undefined;
  /** The resource that stands for its GPUs where that is not the vendor's own: a MIG profile's. */
  readonly gpuResource?: string | undefined;
}

/** Everything that {@link buildLease} builds from. */
export interface LeaseWorkload {
  readonly leaseId: LeaseId;
  /** A group that passed validateManifest and crossValidate. */
  readonly group: ManifestGroup;
  /** Hexadecimal SHA-256, see annotation `berth.dev/manifest-hash`. */
  readonly manifestHash: string;
  readonly settings: WorkloadSettings;
  /** By service name; a service without an entry goes wherever its GPU request allows. */
  readonly placement: Readonly<Record<string, ServicePlacement>>;
  /** Hostnames that belong to another deployment of the same owner: no ingress is made for them. */
  readonly withheldHostnames?: readonly string[] | undefined;
}

/** Everything that {@link buildNamespace} builds from. */
export interface LeaseNamespace {
  readonly leaseId: LeaseId;
  /** The on-chain group, whose resources bound the namespace. */
  readonly group: GroupSpec;
  readonly settings: NamespaceSettings;
}
