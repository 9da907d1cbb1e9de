/**
 * Kubernetes Node objects as machines with NVIDIA's GPU operator have them: resources of the device plugin, labels of GPU
 * feature discovery v0.20 (its "Catalog of Labels"), and kwok's annotation that hands them to the simulator.
 */
import type { V1Node } from '@kubernetes/client-node';
import type { NodeGpu, NodeGroup } from './nodes-file.js';

/** kwok manages the nodes that bear this annotation, and no other. */
export const KWOK_ANNOTATION = { key: 'kwok.x-k8s.io/node', value: 'fake' } as const;

/** The labels that GPU feature discovery and the device plugin would write. */
export const gpuLabels = (gpu: NodeGpu): Readonly<Record<string, string>> => {
  const [driverMajor = '', driverMinor = '', driverRevision = ''] = gpu.driverVersion.split('.');
  const [cudaMajor = '', cudaMinor = ''] = gpu.cudaVersion.split('.');
  const [computeMajor = '', computeMinor = ''] = gpu.compute.split('.');
  return {
    'feature.node.kubernetes.io/pci-10de.present': 'true',
    'nvidia.com/gpu.present': 'true',
    'nvidia.com/gpu.product': gpu.replicas > 1 ? `${gpu.product}-SHARED` : gpu.product,
    'nvidia.com/gpu.memory': String(gpu.memoryMiB),
    'nvidia.com/gpu.count': String(gpu.count),
    'nvidia.com/gpu.replicas': String(gpu.replicas),
    'nvidia.com/gpu.sharing-strategy': gpu.sharingStrategy,
    'nvidia.com/gpu.family': gpu.family,
    'nvidia.com/gpu.machine': gpu.machine,
    'nvidia.com/gpu.mode': 'compute',
    'nvidia.com/gpu.compute.major': computeMajor,
    'nvidia.com/gpu.compute.minor': computeMinor,
    'nvidia.com/cuda.driver-version.major': driverMajor,
    'nvidia.com/cuda.driver-version.minor': driverMinor,
    'nvidia.com/cuda.driver-version.revision': driverRevision,
    'nvidia.com/cuda.driver-version.full': gpu.driverVersion,
    'nvidia.com/cuda.runtime-version.major': cudaMajor,
    'nvidia.com/cuda.runtime-version.minor': cudaMinor,
    'nvidia.com/cuda.runtime-version.full': gpu.cudaVersion,
    'nvidia.com/mig.strategy': 'single',
    'nvidia.com/mps.capable': 'false',
  };
};

const gpus = (count: number): Record<string, string> => ({ 'nvidia.com/gpu': String(count) });

/** One Node object; `index` makes its name. */
export const nodeObject = (group: NodeGroup, index: number): V1Node => {
  const name = `${group.name}-${index}`;
  const base = {
    cpu: group.cpu,
    memory: group.memory,
    'ephemeral-storage': group.ephemeralStorage,
    pods: String(group.pods),
  };
  const { gpu } = group;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { [KWOK_ANNOTATION.key]: KWOK_ANNOTATION.value },
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'akash.network': 'true',
        ...(gpu === undefined ? {} : gpuLabels(gpu)),
        ...group.labels,
      },
    },
    spec: { taints: group.taints.map(({ value, ...rest }) => ({ ...rest, value: value ?? '' })) },
    status: {
      capacity: { ...base, ...(gpu === undefined ? {} : gpus(gpu.count * gpu.replicas)) },
      allocatable: {
        ...base,
        ...(gpu === undefined ? {} : gpus((gpu.count - gpu.unhealthy) * gpu.replicas)),
      },
    },
  };
};

/** Every Node object of these groups, in order. */
export const nodeObjects = (groups: readonly NodeGroup[]): readonly V1Node[] =>
  groups.flatMap((group) =>
    Array.from({ length: group.count }, (_none, index) => nodeObject(group, index)),
  );
