/** What exists of a lease from the moment it is won, before its tenant has sent a manifest. */
import type { LeaseNamespace } from './lease-workload.js';
import { addLimitRange } from './limit-range.js';
import { addNamespace } from './namespace.js';
import { addDefaultNetworkPolicy } from './network-policy.js';
import { addResourceQuota } from './resource-quota.js';
import { type KubernetesObject, synthesize } from './synth.js';

/**
 * The namespace with Pod Security labels, then the default-deny network policy, the quota of exactly the lease's
 * resources and the limit range. They stay unchanged until the lease ends; apply them in this order.
 * @throws GpuAttributeError when the group names a GPU in an unknown form
 */
export const buildNamespace = (input: LeaseNamespace): readonly KubernetesObject[] =>
  synthesize((scope) => {
    addNamespace(scope, input);
    addDefaultNetworkPolicy(scope, input);
    addResourceQuota(scope, input);
    addLimitRange(scope, input);
  });
