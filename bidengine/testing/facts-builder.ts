/** Plain cluster facts for tests of the inventory: `aNodeFacts('n1', { gpus: 8, product: 'NVIDIA-H100-80GB-HBM3' })`. */
import type { ClusterFacts, NodeFacts, PodFacts, ResourceList } from '../cluster-facts.js';

export interface NodeFactsOptions extends Partial<NodeFacts> {
  readonly gpus?: number;
  /** Usable GPUs where they are fewer. */
  readonly healthyGpus?: number;
  readonly product?: string;
  readonly memoryMib?: number;
}

/** A ready node with 64 vCPU, 512 GiB, 2 TiB of disk and 110 pods. */
export const aNodeFacts = (name = 'node-1', options: NodeFactsOptions = {}): NodeFacts => {
  const { gpus = 0, healthyGpus = gpus, product, memoryMib = 81559, ...facts } = options;
  const base = { cpu: '64', memory: '512Gi', 'ephemeral-storage': '2Ti', pods: '110' };
  const list = (count: number): ResourceList =>
    gpus === 0 ? base : { ...base, 'nvidia.com/gpu': String(count) };
  const gfd =
    product === undefined
      ? {}
      : {
          'nvidia.com/gpu.present': 'true',
          'nvidia.com/gpu.product': product,
          'nvidia.com/gpu.memory': String(memoryMib),
          'nvidia.com/gpu.count': String(gpus),
        };
  return {
    name,
    taints: [],
    unschedulable: false,
    ready: true,
    faults: [],
    capacity: list(gpus),
    allocatable: list(healthyGpus),
    ...facts,
    labels: { 'kubernetes.io/hostname': name, ...gfd, ...facts.labels },
  };
};

/** A running pod with one container. */
export const aPod = (
  nodeName: string | undefined,
  requests: ResourceList,
  facts: Partial<PodFacts> = {},
): PodFacts => ({
  namespace: 'default',
  name: 'web-0',
  uid: `uid-${facts.namespace ?? 'default'}-${facts.name ?? 'web-0'}`,
  phase: nodeName === undefined ? 'Pending' : 'Running',
  containers: [{ requests }],
  initContainers: [],
  overhead: {},
  ...(nodeName === undefined ? {} : { nodeName }),
  ...facts,
});

export const aCluster = (facts: Partial<ClusterFacts> = {}): ClusterFacts => ({
  nodes: [aNodeFacts()],
  pods: [],
  storageClasses: [],
  volumes: [],
  leasedIps: { available: 0, assigned: [] },
  ...facts,
});
