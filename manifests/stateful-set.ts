/** A service with persistent volumes: each replica keeps its own. */
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import { serviceSelector } from './labels.js';
import type { LeaseWorkload } from './lease-workload.js';
import type { ManifestService } from './manifest.js';
import { workloadMetadata } from './metadata.js';
import { podTemplate } from './pod-template.js';
import { claimTemplates } from './volumes.js';

/**
 * Adds the StatefulSet. Its claim templates and selector cannot be changed once it exists, so a manifest that changes a
 * volume needs the old object deleted first. What else is immutable (service name, pod management) is left as the Akash
 * provider leaves it, so that its objects can be taken over in place.
 */
export const addStatefulSet = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
): void => {
  new k8s.KubeStatefulSet(scope, `stateful-set-${service.name}`, {
    metadata: workloadMetadata(input, service.name, service.name),
    spec: {
      replicas: service.count,
      revisionHistoryLimit: 1,
      selector: { matchLabels: serviceSelector(input.leaseId, service.name) },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      template: podTemplate(input, service),
      volumeClaimTemplates: claimTemplates(service),
    },
  });
};
