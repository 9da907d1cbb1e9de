/** What lets operator and gateway into a lease's namespace: one RoleBinding each, held by an admission policy (docs/adr/0004). */
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { LeaseNamespace, ProcessRights } from './lease-workload.js';
import { namespacePartMetadata } from './metadata.js';
import { type KubernetesObject, synthesize } from './synth.js';

/** The user name that the API server gives to a service account. */
export const accountUser = ({ namespace, name }: Omit<ProcessRights, 'clusterRole'>): string =>
  `system:serviceaccount:${namespace}:${name}`;

/** With a colon, which RBAC takes and no service of a manifest can be called. */
const bindingName = (process: 'operator' | 'gateway'): string => `berth:${process}`;

type RightsInput = Omit<LeaseNamespace, 'group'>;

/** Adds both bindings. */
export const addProcessRights = (scope: Construct, input: RightsInput): void => {
  for (const process of ['operator', 'gateway'] as const) {
    const { clusterRole, name, namespace } = input.settings.rights[process];
    new k8s.KubeRoleBinding(scope, `rights-${process}`, {
      metadata: namespacePartMetadata(input, bindingName(process)),
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: clusterRole,
      },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
  }
};

/** Both bindings alone, for a namespace that is only to be deleted. */
export const buildProcessRights = (input: RightsInput): readonly KubernetesObject[] =>
  synthesize((scope) => {
    addProcessRights(scope, input);
  });
