/** One node of the cluster as the inventory shows it, before anything is taken off. */
import type { Reason } from '../market/reasons.js';
import type { NodeFacts, StorageClassFacts, TaintFacts } from './cluster-facts.js';
import type { NodeDra } from './dra-devices.js';
import { isQuantityFormatError } from './kube-quantity.js';
import { quarantine } from './node-faults.js';
import { observeGpus } from './observe-gpus.js';
import { amountsOf, GPU_RESOURCE } from './pod-request.js';
import { NOTHING } from './quantities.js';
import { reason } from './reasons.js';
import type { NodeSnapshot, SegmentRoom } from './snapshot.js';
import { storageOfNode } from './storage-segments.js';
import type { NodeStorage } from './storage-segments.js';

export interface ObserveOptions {
  /** Labels a node must bear to be for sale, for example `akash.network: "true"`. */
  readonly requiredLabels: Readonly<Record<string, string>>;
  /** Keys of taints (effect NoSchedule) that tenants' pods with GPUs tolerate; pods without tolerate none. */
  readonly toleratedTaints: readonly string[];
  /** Whether volumes of a class are sold of which nobody tells how much is free. */
  readonly sellUnknownStorage: boolean;
}

/** Every node; tenant pods with GPUs tolerate the taint that NVIDIA's operator suggests for GPU nodes. */
export const OBSERVE_DEFAULTS: ObserveOptions = {
  requiredLabels: {},
  toleratedTaints: [GPU_RESOURCE],
  sellUnknownStorage: false,
};

/** Labels worth showing with a node. */
const KEPT_LABELS = [
  'akash.network',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'nvidia.com/gpu.product',
  'nvidia.com/gpu.memory',
  'nvidia.com/gpu.clique',
];

const keptLabels = (labels: NodeFacts['labels']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    KEPT_LABELS.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]])),
  );

/** Taints that Kubernetes sets itself for what another reason already says. */
const isRepeated = (taint: TaintFacts, node: NodeFacts): boolean =>
  (taint.key === 'node.kubernetes.io/unschedulable' && node.unschedulable) ||
  (['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].includes(taint.key) &&
    !node.ready);

/** Pods with GPUs tolerate that nothing new comes, not that what runs is driven out. */
const isForGpuPods = ({ key, effect }: TaintFacts, options: ObserveOptions): boolean =>
  effect === 'NoSchedule' && options.toleratedTaints.includes(key);

const notForSale = (node: NodeFacts, options: ObserveOptions): Reason[] => {
  const reasons: Reason[] = [];
  if (node.draining !== undefined)
    reasons.push(reason('NodeDraining', `the node is being emptied${node.draining}`));
  else if (node.unschedulable) reasons.push(reason('NodeCordoned', 'the node is cordoned'));
  if (!node.ready) reasons.push(reason('NodeNotReady', 'the node does not report Ready'));
  reasons.push(...quarantine(node));
  for (const taint of node.taints) {
    const repels = taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';
    if (!repels || isForGpuPods(taint, options) || isRepeated(taint, node)) continue;
    const value = taint.value === undefined || taint.value === '' ? '' : `=${taint.value}`;
    const words = `tenant pods do not tolerate taint ${taint.key}${value}:${taint.effect}`;
    reasons.push(reason('NodeTainted', words, taint.key));
  }
  for (const [key, value] of Object.entries(options.requiredLabels)) {
    if (node.labels[key] === value) continue;
    reasons.push(reason('NodeNotSelected', `the node lacks the label ${key}=${value}`, key));
  }
  return reasons;
};

/** All of a node but its storage. */
type NodeWithoutStorage = Omit<NodeSnapshot, keyof NodeStorage>;

interface Observed {
  readonly options: ObserveOptions;
  readonly dra: NodeDra | undefined;
  readonly rest: NodeWithoutStorage;
  readonly classes: readonly StorageClassFacts[];
  readonly storage: NodeStorage;
  readonly snapshot: NodeSnapshot;
}

/** Facts do not change, so what was read out of them once holds as long as they are the same. */
const observed = new WeakMap<NodeFacts, Observed>();

const sameRoom = (a: SegmentRoom | undefined, b: SegmentRoom | undefined): boolean =>
  a?.segment === b?.segment &&
  a?.freeBytes === b?.freeBytes &&
  a?.largestVolumeBytes === b?.largestVolumeBytes;

const sameStorage = (a: NodeStorage, b: NodeStorage): boolean => {
  const [x, y] = [a.storageRoom ?? {}, b.storageRoom ?? {}];
  return (
    a.storageClasses.join() === b.storageClasses.join() &&
    a.storageClasses.every((name) => sameRoom(x[name], y[name]))
  );
};

/**
 * `node` with nothing allocated beyond what no pod shows. A node whose amounts cannot be read is not for sale and has nothing.
 * Equal to what was observed of the same facts before, it is the same object.
 * @param dra what a DRA driver publishes for it
 */
export const observeNode = (
  node: NodeFacts,
  classes: readonly StorageClassFacts[],
  options: ObserveOptions = OBSERVE_DEFAULTS,
  dra?: NodeDra,
): NodeSnapshot => {
  const before = observed.get(node);
  const still = before?.options === options && before.dra === dra ? before : undefined;
  if (
    still !== undefined &&
    still.classes.length === classes.length &&
    still.classes.every((c, i) => c === classes[i])
  )
    return still.snapshot;
  const rest = still?.rest ?? observe(node, options, dra);
  const storage = storageOfNode(node, classes);
  const snapshot =
    still !== undefined && sameStorage(still.storage, storage)
      ? still.snapshot
      : { ...rest, ...storage };
  observed.set(node, { options, dra, rest, classes, storage, snapshot });
  return snapshot;
};

const observe = (
  node: NodeFacts,
  options: ObserveOptions,
  dra: NodeDra | undefined,
): NodeWithoutStorage => {
  const unsellable = notForSale(node, options);
  let capacity = NOTHING;
  let allocatable = NOTHING;
  try {
    capacity = amountsOf(node.capacity, 'down');
    allocatable = amountsOf(node.allocatable, 'down');
  } catch (error) {
    if (!isQuantityFormatError(error)) throw error;
    unsellable.push(reason('NodeQuantityInvalid', error.message, `node/${node.name}`));
    allocatable = NOTHING;
  }
  const gpus = observeGpus(node, capacity, allocatable, dra);
  const seen: NodeWithoutStorage = {
    name: node.name,
    labels: keptLabels(node.labels),
    unsellable,
    allocatable: { ...allocatable, gpus: gpus.sellable },
    allocated: { ...NOTHING, gpus: gpus.claimed },
    gpuCapacity: gpus.capacity,
    gpuUnsellable: gpus.unsellable,
    slices: gpus.slices,
    software: gpus.software,
    ...(node.taints.some((t) => isForGpuPods(t, options)) ? { gpuPodsOnly: true } : {}),
  };
  return gpus.gpu === undefined ? seen : { ...seen, gpu: gpus.gpu };
};
