/** The identity of a service that may read of its own deployment, and what it may read (provider-wire 2.8). */
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { LeaseWorkload } from './lease-workload.js';
import type { ManifestService } from './manifest.js';
import { workloadMetadata } from './metadata.js';
import { leaseNamespace } from './names.js';
import { readsDeployment } from './pod-template.js';

const READ = ['get', 'list', 'watch'];

const RULES: Readonly<Record<string, readonly k8s.PolicyRule[]>> = {
  logs: [
    { apiGroups: [''], resources: ['pods'], verbs: READ },
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    { apiGroups: ['apps'], resources: ['deployments'], verbs: READ },
  ],
  events: [{ apiGroups: [''], resources: ['events'], verbs: READ }],
};

/** Adds ServiceAccount, Role and RoleBinding for a service with permissions; nothing for any other. */
export const addPermissions = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
): void => {
  if (!readsDeployment(service)) return;
  const { name } = service;
  const metadata = workloadMetadata(input, name, name);
  const granted = new Set(service.params?.permissions?.read ?? []);
  new k8s.KubeServiceAccount(scope, `service-account-${name}`, { metadata });
  new k8s.KubeRole(scope, `role-${name}`, {
    metadata,
    rules: [...granted].flatMap((permission) => RULES[permission] ?? []),
  });
  new k8s.KubeRoleBinding(scope, `role-binding-${name}`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: leaseNamespace(input.leaseId) }],
  });
};
