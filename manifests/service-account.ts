/** The identity of a service that may read of its own deployment, and what it may read (provider-wire 2.8). */
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { LeaseWorkload } from './lease-workload.js';
import type { ManifestService } from './manifest.js';
import { workloadMetadata } from './metadata.js';
import { leaseNamespace } from './names.js';
import { readsDeployment } from './pod-template.js';

/** Name of the binding for one permission. With a colon, which RBAC takes and no service of a manifest can be called. */
const bindingName = (service: string, permission: string): string => `${service}:${permission}`;

/** Adds a ServiceAccount, and a RoleBinding per permission that there is a ClusterRole for; nothing for most services. */
export const addPermissions = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
): void => {
  if (!readsDeployment(service)) return;
  const { name } = service;
  new k8s.KubeServiceAccount(scope, `service-account-${name}`, {
    metadata: workloadMetadata(input, name, name),
  });
  const asked = new Set(service.params?.permissions?.read ?? []);
  for (const [permission, clusterRole] of Object.entries(input.settings.rights.permissions)) {
    if (!asked.has(permission)) continue;
    new k8s.KubeRoleBinding(scope, `role-binding-${name}-${permission}`, {
      metadata: workloadMetadata(input, name, bindingName(name, permission)),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole },
      subjects: [{ kind: 'ServiceAccount', name, namespace: leaseNamespace(input.leaseId) }],
    });
  }
};
