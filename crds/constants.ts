/**
 * The names of our Kubernetes API, in one place: the group is a domain that must be ours before a first release, and a
 * change here (then `make generate`) changes it everywhere.
 */

export const GROUP = 'berth.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;
/** `kubectl get berth` lists every kind of ours. */
export const CATEGORY = 'berth';

/** Kind -> plural resource name, as in URLs and RBAC rules. All are cluster-scoped. */
export const RESOURCES = {
  ComputeProvider: 'computeproviders',
  PricingPolicy: 'pricingpolicies',
  Bid: 'bids',
  ComputeLease: 'computeleases',
} as const;

export type BerthKind = keyof typeof RESOURCES;
export const KINDS = Object.keys(RESOURCES) as readonly BerthKind[];

/** Field managers of server-side apply: one for specs and workloads, one for status, so that neither takes the other's fields. */
export const FIELD_MANAGER = 'berth';
export const STATUS_FIELD_MANAGER = 'berth-status';
/** Of the capability labels on nodes: labels that other tools set are never touched. */
export const NODE_LABEL_MANAGER = 'berth-node-labels';

/** Labels and annotations of ours; those of the Akash provider are listed with {@link AKASH_LABELS}. */
export const LABELS = {
  /** `true` on the Secret that holds a tenant's manifest. */
  manifest: `${GROUP}/manifest`,
  /** `true` on the ConfigMap that holds one block's bid intents. */
  intent: `${GROUP}/intent`,
  /** `true` on a ConfigMap that holds a segment of the decision history. */
  history: `${GROUP}/history`,
  /** Name of the ComputeProvider that an object belongs to. */
  provider: `${GROUP}/provider`,
  /** Name of the ComputeLease that a workload object belongs to; what pruning selects on. */
  lease: `${GROUP}/lease`,
} as const;

export const ANNOTATIONS = {
  /** Hex SHA-256 of a manifest: on its Secret as received, on workloads as applied. */
  manifestHash: `${GROUP}/manifest-hash`,
  /** Of a history segment: the time of its last entry, Unix milliseconds, and its size in bytes. */
  historyLast: `${GROUP}/history-last`,
  historyBytes: `${GROUP}/history-bytes`,
  /** Generation of the workload plan that an object was last part of; an older one is stale. */
  planGeneration: `${GROUP}/plan-generation`,
} as const;

/** The Akash provider's labels, kept so that a running provider's leases can be adopted (provider-wire section 2). */
export const AKASH_LABELS = {
  managed: 'akash.network',
  namespace: 'akash.network/namespace',
  leaseOwner: 'akash.network/lease.id.owner',
  leaseDseq: 'akash.network/lease.id.dseq',
  leaseGseq: 'akash.network/lease.id.gseq',
  leaseOseq: 'akash.network/lease.id.oseq',
  leaseProvider: 'akash.network/lease.id.provider',
  manifestService: 'akash.network/manifest-service',
} as const;

/** Finalizers: set before the first effect outside the object, removed after the last one is undone. */
export const FINALIZERS = {
  lease: `${GROUP}/lease-teardown`,
} as const;

/** Name of the coordination Lease that the operator's replicas compete for. */
export const OPERATOR_LEASE = 'berth-operator';

/** ConfigMaps in which node agents tell of GPUs: a label, the key of the readings, and the name, which is the node's after a prefix. */
export const GPU_READINGS = {
  label: 'berth.dev/gpu-readings',
  key: 'readings.json',
  namePrefix: 'berth-gpu-',
} as const;
