/**
 * A snapshot arranged for fast placement: nodes for sale in name order, grouped by GPU model. Snapshots and nodes are
 * immutable, so the arrangement is kept with them (weakly): a snapshot that differs in one node re-reads only that one.
 */
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { GPU_RESOURCE } from './pod-request.js';
import { subtract } from './quantities.js';
import { supply } from './demand.js';
import type { Candidate } from './scorer.js';
import type { InventorySnapshot, NodeSnapshot } from './snapshot.js';

export interface IndexedNode extends Candidate {
  /** Of `model` and the resource it is asked for by; empty for a node that sells no GPUs. */
  readonly modelKey: string;
  /** What stands for one GPU of `model` in a pod: `nvidia.com/gpu`, or the resource of a MIG profile. */
  readonly resource: string;
  /**
   * Set where `free.gpus` counts MIG slices of one profile: the node itself, with whose whole GPUs and other profiles they
   * share CPU, memory and disk.
   */
  readonly machine?: IndexedNode;
  readonly labels: NodeSnapshot['labels'];
  readonly storageClasses: readonly string[];
  readonly storageRoom: NodeSnapshot['storageRoom'];
  readonly gpuPodsOnly: boolean;
}

/** The nodes that have GPUs of one model for sale. */
export interface ModelNodes {
  /** `vendor/…/model/…` with every known part, and the resource where it is not `nvidia.com/gpu`: equal keys are interchangeable. */
  readonly key: string;
  readonly model: GpuModel;
  readonly nodes: readonly IndexedNode[];
}

export interface NodeIndex {
  /** For sale, by name. */
  readonly nodes: readonly IndexedNode[];
  /** By key. */
  readonly models: readonly ModelNodes[];
  /** How many nodes are not for sale. */
  readonly unsellable: number;
}

const indexedNodes = new WeakMap<NodeSnapshot, IndexedNode>();

const indexNode = (node: NodeSnapshot): IndexedNode => {
  const known = indexedNodes.get(node);
  if (known !== undefined) return known;
  const free = subtract(node.allocatable, node.allocated);
  const indexed: IndexedNode = {
    node: node.name,
    model: node.gpu?.model,
    modelKey: node.gpu === undefined ? '' : formatGpu(node.gpu.model),
    resource: GPU_RESOURCE,
    labels: node.labels,
    gpusTotal: node.gpu === undefined ? 0 : supply(node.allocatable.gpus),
    storageClasses: node.storageClasses,
    storageRoom: node.storageRoom,
    gpuPodsOnly: node.gpuPodsOnly ?? false,
    free: {
      gpus: node.gpu === undefined ? 0 : supply(free.gpus),
      milliCpu: supply(free.milliCpu),
      memoryBytes: supply(free.memoryBytes),
      ephemeralBytes: supply(free.ephemeralBytes),
      pods: supply(free.pods),
    },
  };
  indexedNodes.set(node, indexed);
  return indexed;
};

const slicesIndexed = new WeakMap<NodeSnapshot, readonly IndexedNode[]>();

/** One more face of a node for each MIG profile that it sells beside whole GPUs. */
const slicesOf = (node: NodeSnapshot): readonly IndexedNode[] => {
  const known = slicesIndexed.get(node);
  if (known !== undefined) return known;
  const machine = indexNode(node);
  const free = subtract(node.allocatable, node.allocated).slices ?? {};
  const faces = node.slices.map(({ resourceName, model }): IndexedNode => ({
    ...machine,
    machine,
    model,
    modelKey: `${formatGpu(model)}@${resourceName}`,
    resource: resourceName,
    gpusTotal: supply(node.allocatable.slices?.[resourceName] ?? 0n),
    free: { ...machine.free, gpus: supply(free[resourceName] ?? 0n) },
  }));
  slicesIndexed.set(node, faces);
  return faces;
};

const byName = (a: IndexedNode, b: IndexedNode): number => (a.node < b.node ? -1 : 1);

const indexes = new WeakMap<InventorySnapshot, NodeIndex>();

/** The arrangement of `snapshot`, made on first use. */
export const indexOf = (snapshot: InventorySnapshot): NodeIndex => {
  const known = indexes.get(snapshot);
  if (known !== undefined) return known;
  const nodes: IndexedNode[] = [];
  const faces: IndexedNode[] = [];
  let sorted = true;
  let previous = '';
  for (const node of snapshot.nodes) {
    if (node.unsellable.length > 0) continue;
    if (previous > node.name) sorted = false;
    previous = node.name;
    nodes.push(indexNode(node));
    if (node.slices.length > 0) faces.push(...slicesOf(node));
  }
  if (!sorted) nodes.sort(byName);
  const groups = new Map<string, { model: GpuModel; nodes: IndexedNode[] }>();
  faces.sort(byName);
  for (const node of [...nodes, ...faces]) {
    if (node.model === undefined) continue;
    const group = groups.get(node.modelKey);
    if (group === undefined) groups.set(node.modelKey, { model: node.model, nodes: [node] });
    else group.nodes.push(node);
  }
  const models = [...groups]
    .map(([key, group]) => ({ key, ...group }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const index = { nodes, models, unsellable: snapshot.nodes.length - nodes.length };
  indexes.set(snapshot, index);
  return index;
};
