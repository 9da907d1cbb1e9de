/** One node of the cluster as the inventory shows it, before anything is taken off. */
import type { Reason } from '../market/reasons.js';
import type { NodeFacts, ResourceList, StorageClassFacts, TaintFacts } from './cluster-facts.js';
import { gpuOfLabels, isPartitioned, isShared } from './gpu-labels.js';
import { isQuantityFormatError, parseQuantity } from './kube-quantity.js';
import { GPU_RESOURCE } from './pod-request.js';
import { NOTHING } from './quantities.js';
import type { Quantities } from './quantities.js';
import { reason } from './reasons.js';
import type { NodeGpu, NodeSnapshot } from './snapshot.js';

export interface ObserveOptions {
  /** Labels a node must bear to be for sale, for example `akash.network: "true"`. */
  readonly requiredLabels: Readonly<Record<string, string>>;
  /** Keys of taints that tenant pods tolerate. */
  readonly toleratedTaints: readonly string[];
}

/** Every node; tenant pods with GPUs tolerate the taint that NVIDIA's operator suggests for GPU nodes. */
export const OBSERVE_DEFAULTS: ObserveOptions = {
  requiredLabels: {},
  toleratedTaints: [GPU_RESOURCE],
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

const notForSale = (node: NodeFacts, options: ObserveOptions): Reason[] => {
  const reasons: Reason[] = [];
  if (node.unschedulable) reasons.push(reason('NodeCordoned', 'the node is cordoned'));
  if (!node.ready) reasons.push(reason('NodeNotReady', 'the node does not report Ready'));
  for (const taint of node.taints) {
    const repels = taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';
    if (!repels || options.toleratedTaints.includes(taint.key) || isRepeated(taint, node)) continue;
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

/** What a node gives, rounded down; @throws QuantityFormatError */
const given = (list: ResourceList): Quantities => ({
  milliCpu: parseQuantity(list['cpu'] ?? '0', 3, 'down'),
  memoryBytes: parseQuantity(list['memory'] ?? '0', 0, 'down'),
  ephemeralBytes: parseQuantity(list['ephemeral-storage'] ?? '0', 0, 'down'),
  gpus: parseQuantity(list[GPU_RESOURCE] ?? '0', 0, 'down'),
  pods: parseQuantity(list['pods'] ?? '0', 0, 'down'),
});

interface GpuView {
  readonly gpu: NodeGpu | undefined;
  readonly unsellable: readonly Reason[];
}

const gpusOf = (node: NodeFacts, capacity: bigint, allocatable: bigint): GpuView => {
  const withheld = (why: Reason): GpuView => ({ gpu: undefined, unsellable: [why] });
  if (capacity === 0n) {
    if (node.labels['nvidia.com/gpu.present'] !== 'true') return { gpu: undefined, unsellable: [] };
    const message = `the node has NVIDIA GPUs but its device plugin reports none as ${GPU_RESOURCE}`;
    return withheld(reason('GpuNotReported', message));
  }
  if (isShared(node.labels)) {
    return withheld(reason('GpuShared', 'the GPUs are shared and cannot be sold as whole ones'));
  }
  if (isPartitioned(node.labels)) {
    const message = `${GPU_RESOURCE} counts MIG slices here, which cannot be sold as whole GPUs`;
    return withheld(reason('GpuPartitioned', message));
  }
  const labelled = gpuOfLabels(node.labels);
  if (labelled.kind === 'none') {
    const message =
      'no label tells the GPU model (nvidia.com/gpu.product or akash.network/capabilities.gpu.…)';
    return withheld(reason('GpuModelUnknown', message));
  }
  if (labelled.kind === 'mixed') {
    const message = `labels name several models (${labelled.models.join(', ')}) and nothing tells them apart`;
    return withheld(reason('GpuMixed', message));
  }
  const sick = capacity - allocatable;
  const unsellable =
    sick > 0n
      ? [
          reason(
            'GpuUnhealthy',
            `${sick} of ${capacity} GPUs are not usable (allocatable ${allocatable})`,
          ),
        ]
      : [];
  return { gpu: { resourceName: GPU_RESOURCE, model: labelled.model }, unsellable };
};

const CLASS_LABEL = 'akash.network/capabilities.storage.class.';

/** Classes that a pod here can mount. */
const storageClassesOf = (
  node: NodeFacts,
  classes: readonly StorageClassFacts[],
): readonly string[] =>
  classes
    .filter(
      (c) =>
        c.everywhere || !['', '0', 'false'].includes(node.labels[`${CLASS_LABEL}${c.name}`] ?? ''),
    )
    .map((c) => c.name);

/** `node` with nothing allocated. A node whose amounts cannot be read is not for sale and has nothing. */
export const observeNode = (
  node: NodeFacts,
  classes: readonly StorageClassFacts[],
  options: ObserveOptions = OBSERVE_DEFAULTS,
): NodeSnapshot => {
  const unsellable = notForSale(node, options);
  let capacity = NOTHING;
  let allocatable = NOTHING;
  try {
    capacity = given(node.capacity);
    allocatable = given(node.allocatable);
  } catch (error) {
    if (!isQuantityFormatError(error)) throw error;
    unsellable.push(reason('NodeQuantityInvalid', error.message, `node/${node.name}`));
    allocatable = NOTHING;
  }
  const { gpu, unsellable: gpuUnsellable } = gpusOf(node, capacity.gpus, allocatable.gpus);
  const observed: NodeSnapshot = {
    name: node.name,
    labels: keptLabels(node.labels),
    unsellable,
    allocatable,
    allocated: NOTHING,
    gpuUnsellable,
    storageClasses: storageClassesOf(node, classes),
  };
  return gpu === undefined ? observed : { ...observed, gpu };
};
