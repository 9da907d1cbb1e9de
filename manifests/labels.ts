/**
 * Labels and annotations of what runs for a lease, and of the nodes it may run on. Those under `akash.network` are the
 * Akash provider's, letter by letter (provider-wire 2.2): adoption, tenants' tools and its operators rely on them.
 */
import type { LeaseId } from '../market/ids.js';
import type { GpuModel } from '../market/gpu.js';
import { leaseNamespace } from './names.js';

/** `true` on everything managed, and on the nodes and storage classes that tenants may use. */
export const MANAGED = 'akash.network';
/** The lease's namespace, on everything of a lease. */
export const NAMESPACE = 'akash.network/namespace';
/** Name of the manifest's service, on workloads, pods and services; part of every selector. */
export const MANIFEST_SERVICE = 'akash.network/manifest-service';
/** `metal-lb` on services of type LoadBalancer. */
export const SERVICE_TARGET = 'akash.network/service-target';
/** Which step an object belongs to, see {@link LeasePart}: the selector to prune by. */
export const PART = 'berth.dev/part';
/** Annotation: hexadecimal SHA-256 of the manifest that an object was built from. */
export const MANIFEST_HASH = 'berth.dev/manifest-hash';

/**
 * `namespace`: applied as soon as the lease is won, and unchanged until it ends. `workload`: built from a manifest;
 * pruned when its {@link MANIFEST_HASH} is no longer the current one.
 */
export type LeasePart = 'namespace' | 'workload';

type Labels = Readonly<Record<string, string>>;

/** The five labels that spell a lease's identifier. */
export const leaseIdLabels = (id: LeaseId): Labels => ({
  'akash.network/lease.id.owner': id.owner,
  'akash.network/lease.id.dseq': String(id.dseq),
  'akash.network/lease.id.gseq': String(id.gseq),
  'akash.network/lease.id.oseq': String(id.oseq),
  'akash.network/lease.id.provider': id.provider,
});

/** Labels of every object of a lease. */
export const leaseLabels = (id: LeaseId, part: LeasePart): Labels => ({
  [MANAGED]: 'true',
  [NAMESPACE]: leaseNamespace(id),
  ...leaseIdLabels(id),
  [PART]: part,
});

/** Labels of a service's pods. They bear no {@link PART}: pods follow their workload and are never pruned themselves. */
export const podLabels = (id: LeaseId, service: string): Labels => ({
  ...serviceSelector(id, service),
  ...leaseIdLabels(id),
});

/** What selects the pods of a service. Selectors of workloads are immutable, so this must never change. */
export const serviceSelector = (id: LeaseId, service: string): Labels => ({
  [MANAGED]: 'true',
  [NAMESPACE]: leaseNamespace(id),
  [MANIFEST_SERVICE]: service,
});

const isLabelName = (name: string): boolean =>
  name.length <= 63 && /^[a-zA-Z0-9]([-_.a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(name);

/** `akash.network/<name>`, unless Kubernetes would refuse the name. */
const capability = (name: string): readonly string[] =>
  isLabelName(name) ? [`akash.network/${name}`] : [];

/**
 * Keys of the node labels that stand for a GPU: its model, the model with its memory, the model with its interface.
 * Memory and interface never share a key: the 64 letters of an H100's would be one more than Kubernetes takes.
 */
export const gpuCapabilityKeys = (gpu: GpuModel): readonly string[] => {
  const model = `capabilities.gpu.vendor.${gpu.vendor}.model.${gpu.model}`;
  return [
    ...capability(model),
    ...(gpu.ram === undefined ? [] : capability(`${model}.ram.${gpu.ram}`)),
    ...(gpu.interface === undefined ? [] : capability(`${model}.interface.${gpu.interface}`)),
  ];
};

/** Key of the node label that says a storage class can be used there. */
export const storageCapabilityKey = (storageClass: string): string =>
  `akash.network/capabilities.storage.class.${storageClass}`;

/** Begins the key of a node label that opens the node for a lease's pods; the lease's namespace follows. */
export const LEASE_NODE_PREFIX = 'akash.network/lease-';

/** Key of the node label that lets a lease's pods onto a node that was not reserved for them. */
export const leaseNodeKey = (id: LeaseId): string => `${LEASE_NODE_PREFIX}${leaseNamespace(id)}`;

/** What tenants may use of a node. */
export interface NodeCapabilities {
  /** One entry per device. */
  readonly gpus: readonly GpuModel[];
  readonly storageClasses: readonly string[];
}

/**
 * The labels that a node must bear for pods of {@link buildLease} to be scheduled on it; the values of GPU labels count
 * devices. A node without them takes no tenant's pod.
 */
export const nodeLabels = ({ gpus, storageClasses }: NodeCapabilities): Labels => {
  const counts = new Map<string, number>();
  for (const key of gpus.flatMap(gpuCapabilityKeys)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return {
    [MANAGED]: 'true',
    ...Object.fromEntries([...counts].map(([key, count]) => [key, String(count)])),
    ...Object.fromEntries(storageClasses.map((name) => [storageCapabilityKey(name), '1'])),
  };
};
