/** Says in words what is missing when a unit does not fit: the reasons a tenant can act on. */
import { gpuSatisfiesAny } from '../market/gpu.js';
import type { Reason } from '../market/reasons.js';
import type { UnitDemand } from './demand.js';
import { admits, roomFor } from './fit.js';
import { anyOfWords, gpuWords } from './gpu-words.js';
import type { IndexedNode, ModelNodes, NodeIndex } from './node-index.js';
import type { Dimension } from './quantities.js';
import { reason } from './reasons.js';
import type { SkipCode } from './reasons.js';
import type { Vector } from './scorer.js';

const GIB = 2 ** 30;
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(2)} GiB`;

const WORDS: Readonly<
  Record<Exclude<Dimension, 'gpus'>, { code: SkipCode; words: (n: number) => string }>
> = {
  milliCpu: { code: 'InsufficientCpu', words: (n) => `${n / 1000} vCPU` },
  memoryBytes: { code: 'InsufficientMemory', words: (n) => `${gib(n)} of memory` },
  ephemeralBytes: {
    code: 'InsufficientEphemeralStorage',
    words: (n) => `${gib(n)} of ephemeral storage`,
  },
  pods: { code: 'InsufficientPods', words: (n) => `${n} pod${n === 1 ? '' : 's'}` },
};

const mostFree = (nodes: readonly IndexedNode[], dimension: keyof Vector): number =>
  nodes.reduce((best, n) => Math.max(best, n.free[dimension]), 0);

const notForSale = (index: NodeIndex): string =>
  index.unsellable === 0
    ? ''
    : `; ${index.unsellable} node${index.unsellable === 1 ? ' is' : 's are'} not for sale`;

const whatIsSold = (models: readonly ModelNodes[]): string =>
  models.length === 0
    ? 'no node has GPUs for sale'
    : `the cluster has ${models.map((m) => gpuWords(m.model)).join(', ')}`;

/** Whether the node's part of one class has room for the volumes of one replica. */
const holds = (node: IndexedNode, unit: UnitDemand, className: string): boolean => {
  const room = node.storageRoom?.[className];
  return room === undefined || room.freeBytes >= (unit.persistent.get(className) ?? 0n);
};

/** Every resource of which no single node has enough. */
const eachShort = (
  unit: UnitDemand,
  nodes: readonly IndexedNode[],
  index: NodeIndex,
  field: string,
): readonly Reason[] => {
  const reasons: Reason[] = [];
  const gpusFree = mostFree(nodes, 'gpus');
  if (gpusFree < unit.each.gpus) {
    const wanted = `${unit.exact.gpus} ${anyOfWords(unit.gpus)}`;
    const message = `needs ${wanted} on one node; the most free on one node is ${gpusFree}${notForSale(index)}`;
    reasons.push(reason('InsufficientGpus', message, `${field}.gpu`));
  }
  for (const dimension of ['milliCpu', 'memoryBytes', 'ephemeralBytes', 'pods'] as const) {
    const free = mostFree(nodes, dimension);
    if (free >= unit.each[dimension]) continue;
    const { code, words } = WORDS[dimension];
    const message = `needs ${words(Number(unit.exact[dimension]))} on one node; the most free on one node is ${words(free)}${notForSale(index)}`;
    reasons.push(reason(code, message, `${field}.${dimension}`));
  }
  return reasons;
};

/** Why nodes are closed to a unit whatever is free on them, where that is not for its volumes. */
const noNodeAdmits = (
  unit: UnitDemand,
  nodes: readonly IndexedNode[],
  index: NodeIndex,
  field: string,
): Reason | undefined => {
  if (nodes.length === 0) return undefined;
  const isOfArch = (n: IndexedNode): boolean =>
    unit.architectures.every((arch) => n.labels['kubernetes.io/arch'] === arch);
  if (!nodes.some(isOfArch)) {
    const message = `no node for sale has CPU architecture ${unit.architectures.join(' and ')}${notForSale(index)}`;
    return reason('ArchitectureUnavailable', message, `${field}.cpu`);
  }
  if (unit.each.gpus > 0 || nodes.some((n) => !n.gpuPodsOnly)) return undefined;
  const message = `every node for sale is kept, by a taint, for pods with GPUs${notForSale(index)}`;
  return reason('NodesKeptForGpus', message, field);
};

/**
 * Why `unit` does not fit into the cluster even alone; empty when it does. `models` are those it may get.
 */
export const unitShortfall = (
  unit: UnitDemand,
  models: readonly ModelNodes[] | undefined,
  index: NodeIndex,
): readonly Reason[] => {
  const field = `order.spec.units[id=${unit.unitId}]`;
  if (models?.length === 0) {
    const message = `needs ${anyOfWords(unit.gpus)}; ${whatIsSold(index.models)}${notForSale(index)}`;
    return [reason('GpuModelUnavailable', message, `${field}.gpu`)];
  }
  const groups = models?.map((m) => m.nodes) ?? [index.nodes];
  const open = groups.map((nodes) => nodes.filter((n) => admits(n, unit)));
  const fits = open.map((nodes) => nodes.reduce((sum, n) => sum + roomFor(n, unit), 0));
  const best = Math.max(0, ...fits);
  if (best >= unit.count) return [];
  const nodes = open.flat();
  if (nodes.length === 0) {
    const closed = noNodeAdmits(unit, groups.flat(), index, field);
    if (closed !== undefined) return [closed];
  }
  if (nodes.length === 0 && unit.persistent.size > 0) {
    const names = [...unit.persistent.keys()].join(', ');
    const message = `no node for sale can mount storage class ${names}${notForSale(index)}`;
    return [reason('NoNodeMountsStorageClass', message, `${field}.storage`)];
  }
  if (best > 0) {
    const message = `needs ${unit.count} replicas${unit.gpus.length > 0 ? ' on one GPU model' : ''}; room for ${best}${notForSale(index)}`;
    return [reason('InsufficientReplicas', message, `${field}.count`)];
  }
  const short = eachShort(unit, nodes, index, field);
  if (short.length > 0) return short;
  const name = [...unit.persistent.keys()].find((n) =>
    nodes.every((node) => !holds(node, unit, n)),
  );
  if (name !== undefined) {
    const message = `no node's part of storage class ${name} holds the ${unit.persistent.get(name)} bytes of one replica`;
    return [reason('InsufficientPersistentStorage', message, `${field}.storage`)];
  }
  const message = `no node has all that one replica needs at once${notForSale(index)}`;
  return [reason('FragmentedCapacity', message, field)];
};

/** The models of `index` that a unit accepts; `undefined` for a unit without GPUs. */
export const acceptableModels = (
  unit: UnitDemand,
  index: NodeIndex,
): readonly ModelNodes[] | undefined =>
  unit.gpus.length === 0
    ? undefined
    : index.models.filter((m) => gpuSatisfiesAny(m.model, unit.gpus));
