/** From a manifest to the Kubernetes objects that should exist for it. */
import { addDeployment } from './deployment.js';
import { addDockerCredentials } from './docker-credentials-secret.js';
import { addIngresses } from './ingress.js';
import type { LeaseWorkload } from './lease-workload.js';
import { addServiceNetworkPolicies } from './network-policy.js';
import { addPermissions } from './service-account.js';
import { addServices } from './service.js';
import { addStatefulSet } from './stateful-set.js';
import { type KubernetesObject, synthesize } from './synth.js';
import { isStateful } from './volumes.js';

/**
 * Everything in the lease's namespace that comes from its manifest, in the order to apply it; {@link buildNamespace}
 * makes the rest. Objects are complete and plain, for server-side apply by one field manager. Each bears label
 * `berth.dev/part=workload` and annotation `berth.dev/manifest-hash`: whatever has the label and another hash is left over
 * from an older manifest and goes, which is how services are added, renamed and removed.
 * @param input its group must have passed validateManifest and crossValidateManifest
 * @throws GpuAttributeError when a service names a GPU in an unknown form
 */
export const buildLease = (input: LeaseWorkload): readonly KubernetesObject[] =>
  synthesize((scope) => {
    for (const service of input.group.services ?? []) {
      addServiceNetworkPolicies(scope, input, service);
      addDockerCredentials(scope, input, service);
      addPermissions(scope, input, service);
      if (isStateful(service)) addStatefulSet(scope, input, service);
      else addDeployment(scope, input, service);
      addServices(scope, input, service);
      addIngresses(scope, input, service);
    }
  });
