/**
 * What the gateway needs from the world, in its own words. `adapters/` keeps these promises with `chain/` and `kube/`;
 * tests keep them with memory. Every method rejects with an `UpstreamUnavailableError` when no answer came: `undefined`
 * always means a proven "not there".
 */
import type { DeploymentId, LeaseId } from '../market/ids.js';
import type { DecCoin } from '../market/money.js';
import type { Reason } from '../market/reasons.js';
import type { Account, Certificate, Deployment, Lease } from '../market/records.js';
import type { GroupSpec, ResourceOffer } from '../market/resources.js';

/** The market as a tenant's request needs it, read freshly for each call. */
export interface LeaseReader {
  deployment(id: DeploymentId): Promise<Deployment | undefined>;
  /** Leases of this deployment with this provider that are alive (active or reclaiming), in the order of gseq, oseq. */
  liveLeases(id: DeploymentId): Promise<readonly Lease[]>;
  lease(id: LeaseId): Promise<Lease | undefined>;
}

/** Who may speak for an address. */
export interface IdentityReader {
  account(address: string): Promise<Account | undefined>;
  /** The certificate that `owner` published under this serial, whatever its state. */
  certificate(owner: string, serial: string): Promise<Certificate | undefined>;
}

/** One lease's manifest as it is kept for the operator (docs/ARCHITECTURE.md, "Manifest Secret"). */
export interface StoredManifest {
  readonly lease: LeaseId;
  /** Name of the group of this lease within the manifest. */
  readonly groupName: string;
  /** Lowercase hex SHA-256 as the chain holds it. */
  readonly hash: string;
  /** The bytes the tenant sent, as text. */
  readonly json: string;
}

/** Where manifests are handed to the operator. */
export interface ManifestStore {
  /** Writes or overwrites the manifest of one lease; the same content again changes nothing. */
  put(manifest: StoredManifest): Promise<void>;
  get(lease: LeaseId): Promise<StoredManifest | undefined>;
}

/** Replica counts of one service, as its Deployment or StatefulSet reports them. */
export interface ServiceWorkload {
  readonly name: string;
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  /** Hosts under which the service answers HTTP. */
  readonly hosts: readonly string[];
}

/** A container port reachable through a port of the nodes. */
export interface ForwardedPort {
  readonly service: string;
  /** Port inside the container. */
  readonly port: number;
  /** Port on the provider's public hostname. */
  readonly externalPort: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** A container port reachable on an address leased for it. */
export interface LeasedIp {
  readonly service: string;
  readonly port: number;
  readonly externalPort: number;
  readonly protocol: 'TCP' | 'UDP';
  readonly ip: string;
}

/** What a tenant should know and may act on: a stable code of docs/reasons.md and a sentence. */
export interface LeaseWarning {
  readonly code: string;
  readonly message: string;
}

/** Everything that runs for one lease. */
export interface LeaseWorkload {
  /** Absent when there are none. */
  readonly warnings?: readonly LeaseWarning[];
  readonly services: readonly ServiceWorkload[];
  readonly forwardedPorts: readonly ForwardedPort[];
  readonly leasedIps: readonly LeasedIp[];
}

/** What the cluster runs for leases. */
export interface WorkloadReader {
  /** `undefined` when nothing of this lease exists in the cluster. */
  workload(lease: LeaseId): Promise<LeaseWorkload | undefined>;
}

/** Amounts of one node, lease or sum: milli-CPU, GPUs, bytes. */
export interface ResourceAmounts {
  readonly milliCpu: bigint;
  readonly gpus: bigint;
  readonly memoryBytes: bigint;
  readonly ephemeralBytes: bigint;
}

/** One node of the inventory. */
export interface NodeAmounts {
  readonly name: string;
  readonly allocatable: ResourceAmounts;
  readonly available: ResourceAmounts;
}

/** The provider as its own Kubernetes objects describe it. */
export interface ProviderSnapshot {
  /** What each live lease takes. */
  readonly activeLeases: readonly ResourceAmounts[];
  /** What each open bid holds back. */
  readonly openBids: readonly ResourceAmounts[];
  readonly nodes: readonly NodeAmounts[];
  /** Leases whose manifest has arrived. */
  readonly manifests: number;
}

/** The API server's own version fields (`GET /version`), for example `gitVersion`. */
export type ClusterVersion = Readonly<Record<string, string>>;

/** What the public status page shows. */
export interface ProviderReader {
  snapshot(): Promise<ProviderSnapshot>;
  version(): Promise<ClusterVersion>;
}

/** A group that nobody has put on chain yet. */
export interface ScreeningQuestion {
  readonly group: GroupSpec;
  /** The tenant who asks; empty when he did not say who he is, and then rules for tenants count him as nobody. */
  readonly owner: string;
  /** Names the deployment wants to serve. */
  readonly hostnames: readonly string[];
}

/** What the operator would answer an order for that group with. */
export interface ScreeningAnswer {
  /** Every reason against a bid; empty exactly when there would be one. */
  readonly reasons: readonly Reason[];
  /** Per block for the whole group; only with a bid. */
  readonly price: DecCoin | undefined;
  /** A unit each; only with a bid. */
  readonly offers: readonly ResourceOffer[];
}

/** The operator's own decision. Rejects with the Problems `ScreeningUnavailable` and `ScreeningNotOffered`. */
export interface ScreeningDesk {
  screen(question: ScreeningQuestion, signal: AbortSignal): Promise<ScreeningAnswer>;
}
