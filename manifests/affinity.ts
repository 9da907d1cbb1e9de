/** Which nodes a service's pods must run on (provider-wire 2.5). */
import type { k8s } from 'cdk8s-plus-34';
import type { LeaseId } from '../market/ids.js';
import { requiredGpu } from './gpu-resource.js';
import { gpuCapabilityKeys, leaseNodeKey, MANAGED, storageCapabilityKey } from './labels.js';
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
 * Required: a node for tenants, with the GPU that was sold and the storage classes in use; and one of the nodes that were
 * reserved, or that the operator has opened for the lease since (`leaseNodeKey`). The scheduler knows of no reservation, so
 * pods that were only asked to prefer their nodes would sit down on those of others.
 * @throws GpuAttributeError
 */
export const nodeAffinity = (
  leaseId: LeaseId,
  resources: ServiceResources,
  placement: ServicePlacement,
): k8s.NodeAffinity => {
  const classes = splitStorage(resources.storage).persistent.flatMap(
    (volume) => clusterStorageClass(volume) ?? [],
  );
  const matchExpressions = [
    { key: MANAGED, operator: 'In', values: ['true'] },
    ...gpuRequirements(resources, placement),
    ...architecture(resources),
    ...[...new Set(classes)].map(storageCapabilityKey).map(atLeastOne),
  ];
  // A term may name one node only.
  const reserved = [...new Set(placement.nodes)].map((node) => ({
    matchExpressions,
    matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }],
  }));
  const opened = {
    matchExpressions: [...matchExpressions, { key: leaseNodeKey(leaseId), operator: 'Exists' }],
  };
  return {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: reserved.length === 0 ? [{ matchExpressions }] : [...reserved, opened],
    },
  };
};
