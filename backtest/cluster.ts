/**
 * The described cluster that a backtest sells. The file is the one of the local cluster (`hack/cluster/nodes.yaml`) with what
 * a provider's record says added, so that a cluster that can be simulated can be backtested.
 */
import { z } from 'zod';
import type { NodeFacts } from '../bidengine/cluster-facts.js';
import { gpuCapabilities } from '../bidengine/gpu-capabilities.js';
import { buildSnapshot } from '../bidengine/inventory.js';
import type { InventorySnapshot } from '../bidengine/snapshot.js';
import type { Attribute } from '../market/attributes.js';

const quantity = z
  .string()
  .regex(/^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/, 'must be a Kubernetes quantity such as 512Gi');

const node = z.strictObject({
  name: z.string().min(1),
  count: z.number().int().min(1).max(5000),
  cpu: quantity,
  memory: quantity,
  ephemeralStorage: quantity,
  pods: z.number().int().min(1).default(110),
  /** Other keys of a nodes file say how a simulated node looks and change nothing here. */
  gpu: z
    .looseObject({
      product: z.string().min(1),
      count: z.number().int().min(1).max(16),
      memoryMiB: z.number().int().min(1),
    })
    .optional(),
  labels: z.record(z.string(), z.string()).default({}),
  taints: z
    .array(z.object({ key: z.string(), value: z.string().optional(), effect: z.string() }))
    .default([]),
});

const file = z.strictObject({
  runtimeClasses: z.array(z.string()).default([]),
  storageClasses: z.array(z.string()).default([]),
  /** Attributes of the provider's record, beside the capabilities that follow from the nodes. */
  attributes: z.record(z.string(), z.string()).default({}),
  leasedIps: z.number().int().min(0).default(0),
  nodes: z.array(node).min(1),
});

/** A cluster with nothing running in it. */
export interface DescribedCluster {
  readonly snapshot: InventorySnapshot;
  /** Of the provider's record, sorted by key. */
  readonly attributes: readonly Attribute[];
}

/** A description that cannot be used; the message has a line for every wrong field, named by its path. */
export class ClusterDescriptionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ClusterDescriptionError';
  }
}

export const isClusterDescriptionError = (error: unknown): error is ClusterDescriptionError =>
  error instanceof ClusterDescriptionError;

/** The labels by which GPU feature discovery tells the model. */
const gpuLabels = (gpu: z.infer<typeof node>['gpu']): Readonly<Record<string, string>> =>
  gpu === undefined
    ? {}
    : {
        'nvidia.com/gpu.present': 'true',
        'nvidia.com/gpu.product': gpu.product,
        'nvidia.com/gpu.memory': String(gpu.memoryMiB),
        'nvidia.com/gpu.count': String(gpu.count),
      };

const factsOf = (group: z.infer<typeof node>): readonly NodeFacts[] =>
  Array.from({ length: group.count }, (_, i): NodeFacts => {
    const { cpu, memory, ephemeralStorage, pods, gpu, labels, taints } = group;
    const name = `${group.name}-${i}`;
    const amounts = {
      ...{ cpu, memory, 'ephemeral-storage': ephemeralStorage, pods: String(pods) },
      ...(gpu === undefined ? {} : { 'nvidia.com/gpu': String(gpu.count) }),
    };
    return {
      ...{ name, taints, unschedulable: false, ready: true, faults: [] },
      labels: { 'kubernetes.io/hostname': name, ...gpuLabels(gpu), ...labels },
      capacity: amounts,
      allocatable: amounts,
    };
  });

/** Reads the parsed YAML of a description. @throws ClusterDescriptionError */
export const describeCluster = (raw: unknown): DescribedCluster => {
  const result = file.safeParse(raw);
  if (!result.success) throw new ClusterDescriptionError(z.prettifyError(result.error));
  const { nodes, storageClasses, attributes, leasedIps } = result.data;
  const snapshot = buildSnapshot(
    {
      nodes: nodes.flatMap(factsOf),
      pods: [],
      // A description says no sizes: classes hold whatever is asked of them.
      storageClasses: storageClasses.map((name) => ({
        ...{ name, availableBytes: undefined, everywhere: true },
      })),
      volumes: [],
      leasedIps: { available: leasedIps, assigned: [] },
    },
    [],
    0,
  );
  const storage = storageClasses.flatMap((name, i) => [
    { key: `capabilities/storage/${i + 1}/class`, value: name },
    { key: `capabilities/storage/${i + 1}/persistent`, value: 'true' },
  ]);
  const own = Object.entries(attributes).map(([key, value]) => ({ key, value }));
  const all = [...gpuCapabilities(snapshot), ...storage, ...own];
  return { snapshot, attributes: all.sort((a, b) => (a.key < b.key ? -1 : 1)) };
};
