/** A service without persistent volumes. */
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import { serviceSelector } from './labels.js';
import type { LeaseWorkload } from './lease-workload.js';
import type { ManifestService } from './manifest.js';
import { workloadMetadata } from './metadata.js';
import { podTemplate } from './pod-template.js';

/** Adds the Deployment. It never has more pods than were bought: an old one goes before a new one comes. */
export const addDeployment = (
  scope: Construct,
  input: LeaseWorkload,
  service: ManifestService,
): void => {
  new k8s.KubeDeployment(scope, `deployment-${service.name}`, {
    metadata: workloadMetadata(input, service.name, service.name),
    spec: {
      replicas: service.count,
      revisionHistoryLimit: 10,
      selector: { matchLabels: serviceSelector(input.leaseId, service.name) },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: {
          maxSurge: k8s.IntOrString.fromNumber(0),
          maxUnavailable: k8s.IntOrString.fromNumber(1),
        },
      },
      template: podTemplate(input, service),
    },
  });
};
