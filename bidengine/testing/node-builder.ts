/** Nodes and snapshots for tests: `aNode('gpu-1').withGpus(h100, 8).using({ gpus: 3n }).obj()`. */
import type { GpuModel } from '../../market/gpu.js';
import { NOTHING } from '../quantities.js';
import type { Quantities } from '../quantities.js';
import { reason } from '../reasons.js';
import type { InventorySnapshot, NodeSnapshot, StorageClassSnapshot } from '../snapshot.js';
import { GIB } from './order-builder.js';

export const H100: GpuModel = { vendor: 'nvidia', model: 'h100', ram: '80Gi', interface: 'sxm' };
export const H100_PCIE: GpuModel = { ...H100, interface: 'pcie' };
export const A100: GpuModel = { vendor: 'nvidia', model: 'a100', ram: '80Gi', interface: 'sxm' };
export const RTX4090: GpuModel = {
  vendor: 'nvidia',
  model: 'rtx4090',
  ram: '24Gi',
  interface: 'pcie',
};

/** 64 vCPU, 512 GiB of memory, 2 TiB of disk, 110 pods, no GPU. */
export class NodeBuilder {
  readonly #node: NodeSnapshot;
  constructor(node: NodeSnapshot) {
    this.#node = node;
  }

  withGpus(model: GpuModel, count: number): NodeBuilder {
    const gpu = { resourceName: 'nvidia.com/gpu' as const, model };
    const gpuCapacity = BigInt(count);
    return new NodeBuilder({ ...this.#node, gpu, gpuCapacity }).having({ gpus: gpuCapacity });
  }

  /** Sets allocatable amounts. */
  having(amounts: Partial<Quantities>): NodeBuilder {
    const allocatable = { ...this.#node.allocatable, ...amounts };
    return new NodeBuilder({ ...this.#node, allocatable });
  }

  /** Sets allocated amounts. */
  using(amounts: Partial<Quantities>): NodeBuilder {
    const allocated = { ...this.#node.allocated, ...amounts };
    return new NodeBuilder({ ...this.#node, allocated });
  }

  withStorageClasses(...storageClasses: readonly string[]): NodeBuilder {
    return new NodeBuilder({ ...this.#node, storageClasses });
  }

  cordoned(): NodeBuilder {
    return new NodeBuilder({ ...this.#node, unsellable: [reason('NodeCordoned', 'cordoned')] });
  }

  obj(): NodeSnapshot {
    return this.#node;
  }
}

export const aNode = (name = 'node-1'): NodeBuilder =>
  new NodeBuilder({
    name,
    labels: {},
    unsellable: [],
    gpuUnsellable: [],
    gpuCapacity: 0n,
    slices: [],
    software: {},
    allocatable: {
      milliCpu: 64_000n,
      memoryBytes: 512n * GIB,
      ephemeralBytes: 2048n * GIB,
      gpus: 0n,
      pods: 110n,
    },
    allocated: NOTHING,
    storageClasses: [],
  });

/** A snapshot of nodes; storage classes and addresses where a test needs them. */
export const aSnapshot = (
  nodes: readonly NodeSnapshot[],
  extra: { storage?: readonly StorageClassSnapshot[]; leasedIpsAvailable?: number } = {},
): InventorySnapshot => ({
  nodes,
  storage: extra.storage ?? [],
  leasedIpsAvailable: extra.leasedIpsAvailable ?? 0,
  takenAtMs: 0,
  anomalies: [],
});
