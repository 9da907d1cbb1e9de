/** Which nodes a service's pods must and should run on (provider-wire 2.5). */
import type { k8s } from 'cdk8s-plus-34';
import { requiredGpu } from './gpu-resource.js';
import { gpuCapabilityKeys, MANAGED, storageCapabilityKey } from './labels.js';
import type { ServicePlacement } from './lease-workload.js';
import type { ServiceResources } from './service-resources.js';
import { clusterStorageClass, splitStorage } from './storage-split.js';

const atLeastOne = (key: string): k8s.NodeSelectorRequirement => ({
  key,
  operator: 'Gt',
  values: ['0'],
});

const gpuRequirements = (
  resources: ServiceResources,
  placement: ServicePlacement,
): readonly k8s.NodeSelectorRequirement[] => {
  if (resources.gpus === 0n) return [];
  const gpu = requiredGpu(resources.gpuAttributes, placement.gpu);
  return gpu === undefined ? [] : gpuCapabilityKeys(gpu).map(atLeastOne);
};

const architecture = (resources: ServiceResources): readonly k8s.NodeSelectorRequirement[] =>
  resources.cpuAttributes
    .filter(({ key }) => key === 'arch')
    .map(({ value }) => ({ key: 'kubernetes.io/arch', operator: 'In', values: [value] }));

/**
 * Required: a node for tenants, with the GPU that was sold and the storage classes in use. Preferred: the nodes that were
 * reserved, so that a pod finds another when one of them is lost.
 * @throws GpuAttributeError
 */
export const nodeAffinity = (
  resources: ServiceResources,
  placement: ServicePlacement,
): k8s.NodeAffinity => {
  const classes = splitStorage(resources.storage).persistent.flatMap(
    (volume) => clusterStorageClass(volume) ?? [],
  );
  const preferred = [...new Set(placement.nodes)].map((node) => ({
    weight: 100,
    preference: { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] },
  }));
  return {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: MANAGED, operator: 'In', values: ['true'] },
            ...gpuRequirements(resources, placement),
            ...architecture(resources),
            ...[...new Set(classes)].map(storageCapabilityKey).map(atLeastOne),
          ],
        },
      ],
    },
    ...(preferred.length > 0 && { preferredDuringSchedulingIgnoredDuringExecution: preferred }),
  };
};
