/** The pod of a service. */
import type { k8s } from 'cdk8s-plus-34';
import { nodeAffinity } from './affinity.js';
import { container } from './container.js';
import { gpuResource, gpuVendor } from './gpu-resource.js';
import { podLabels } from './labels.js';
import type { LeaseWorkload } from './lease-workload.js';
import type { ManifestCredentials, ManifestService } from './manifest.js';
import { credentialsSecretName } from './names.js';
import { serviceResources } from './service-resources.js';
import { podVolumes } from './volumes.js';

/** Whether the service may read of its own deployment, and so needs an identity in the cluster. */
export const readsDeployment = (service: ManifestService): boolean =>
  (service.params?.permissions?.read ?? []).length > 0;

/** The tenant's registry credentials; some clients put them among the parameters. */
export const credentialsOf = (service: ManifestService): ManifestCredentials | undefined =>
  service.credentials ?? service.params?.credentials;

const pullSecrets = (
  { settings }: LeaseWorkload,
  service: ManifestService,
): k8s.LocalObjectReference[] => {
  if (credentialsOf(service) !== undefined) return [{ name: credentialsSecretName(service.name) }];
  return settings.imagePullSecretName === undefined ? [] : [{ name: settings.imagePullSecretName }];
};

const gpuSpec = ({ settings }: LeaseWorkload, service: ManifestService): Partial<k8s.PodSpec> => {
  const { gpus, gpuAttributes } = serviceResources(service);
  if (gpus === 0n) return {};
  const vendor = gpuVendor(gpuAttributes);
  return {
    // GPU nodes are commonly tainted so that nothing else lands on them.
    tolerations: [{ key: gpuResource(vendor), operator: 'Exists', effect: 'NoSchedule' }],
    ...(vendor === 'nvidia' &&
      settings.gpuRuntimeClassName !== undefined && {
        runtimeClassName: settings.gpuRuntimeClassName,
      }),
  };
};

/** Builds the pod template. @throws GpuAttributeError */
export const podTemplate = (
  input: LeaseWorkload,
  service: ManifestService,
): k8s.PodTemplateSpec => {
  const volumes = podVolumes(service);
  const imagePullSecrets = pullSecrets(input, service);
  const placement = input.placement[service.name] ?? { nodes: [] };
  return {
    metadata: { labels: podLabels(input.leaseId, service.name) },
    spec: {
      affinity: {
        nodeAffinity: nodeAffinity(input.leaseId, serviceResources(service), placement),
      },
      automountServiceAccountToken: readsDeployment(service),
      ...(readsDeployment(service) && { serviceAccountName: service.name }),
      ...gpuSpec(input, service),
      securityContext: { runAsNonRoot: false, seccompProfile: { type: 'RuntimeDefault' } },
      ...(imagePullSecrets.length > 0 && { imagePullSecrets }),
      containers: [container(input, service)],
      ...(volumes.length > 0 && { volumes }),
    },
  };
};
