/**
 * A snapshot arranged for fast placement: nodes for sale in name order, grouped by GPU model. Snapshots and nodes are
 * immutable, so the arrangement is kept with them (weakly): a snapshot that differs in one node re-reads only that one.
 */
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { subtract } from './quantities.js';
import { supply } from './demand.js';
import type { Candidate } from './scorer.js';
import type { InventorySnapshot, NodeSnapshot } from './snapshot.js';

export interface IndexedNode extends Candidate {
  /** Of `model`; empty for a node that sells no GPUs. */
  readonly modelKey: string;
  readonly storageClasses: readonly string[];
  readonly storageRoom: NodeSnapshot['storageRoom'];
}

/** The nodes that have whole GPUs of one model for sale. */
export interface ModelNodes {
  /** `vendor/…/model/…` with every known part: equal keys are equal models. */
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
    gpusTotal: node.gpu === undefined ? 0 : supply(node.allocatable.gpus),
    storageClasses: node.storageClasses,
    storageRoom: node.storageRoom,
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

const byName = (a: IndexedNode, b: IndexedNode): number => (a.node < b.node ? -1 : 1);

const indexes = new WeakMap<InventorySnapshot, NodeIndex>();

/** The arrangement of `snapshot`, made on first use. */
export const indexOf = (snapshot: InventorySnapshot): NodeIndex => {
  const known = indexes.get(snapshot);
  if (known !== undefined) return known;
  const nodes: IndexedNode[] = [];
  let sorted = true;
  let previous = '';
  for (const node of snapshot.nodes) {
    if (node.unsellable.length > 0) continue;
    if (previous > node.name) sorted = false;
    previous = node.name;
    nodes.push(indexNode(node));
  }
  if (!sorted) nodes.sort(byName);
  const groups = new Map<string, { model: GpuModel; nodes: IndexedNode[] }>();
  for (const node of nodes) {
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
