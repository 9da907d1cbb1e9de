/** Names, labels and annotations of the objects of a lease. */
import type { k8s } from 'cdk8s-plus-34';
import { leaseLabels, MANIFEST_HASH, MANIFEST_SERVICE } from './labels.js';
import type { LeaseNamespace, LeaseWorkload } from './lease-workload.js';
import { leaseNamespace } from './names.js';

/** Metadata of an object that lives as long as the lease. */
export const namespacePartMetadata = (
  { leaseId }: LeaseNamespace,
  name: string,
): k8s.ObjectMeta => ({
  name,
  namespace: leaseNamespace(leaseId),
  labels: leaseLabels(leaseId, 'namespace'),
});

/** Metadata of an object that belongs to one service of the manifest. */
export const workloadMetadata = (
  { leaseId, manifestHash }: LeaseWorkload,
  service: string,
  name: string,
  more: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  } = {},
): k8s.ObjectMeta => ({
  name,
  namespace: leaseNamespace(leaseId),
  labels: { ...leaseLabels(leaseId, 'workload'), [MANIFEST_SERVICE]: service, ...more.labels },
  annotations: { [MANIFEST_HASH]: manifestHash, ...more.annotations },
});
