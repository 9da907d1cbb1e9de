/** The lease's namespace. */
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import { leaseLabels } from './labels.js';
import type { LeaseNamespace } from './lease-workload.js';
import { leaseNamespace } from './names.js';

/**
 * Pod Security "baseline" is enforced by the API server, so that even a fault of ours cannot start a privileged pod.
 * "restricted" would refuse images that run as root, and most public ones do.
 */
const POD_SECURITY = {
  'pod-security.kubernetes.io/enforce': 'baseline',
  'pod-security.kubernetes.io/enforce-version': 'latest',
  'pod-security.kubernetes.io/audit': 'baseline',
  'pod-security.kubernetes.io/warn': 'baseline',
};

/** Adds the namespace. */
export const addNamespace = (scope: Construct, { leaseId }: LeaseNamespace): void => {
  const name = leaseNamespace(leaseId);
  new k8s.KubeNamespace(scope, 'namespace', {
    metadata: { name, labels: { ...leaseLabels(leaseId, 'namespace'), ...POD_SECURITY } },
  });
};
