/**
 * The GPUs of one node: how many, which model, and why some or all are not for sale. The device plugin's count is the truth
 * where there is one; a DRA driver's devices count only where the plugin reports none, so that nothing counts twice.
 */
import type { Reason } from '../market/reasons.js';
import type { NodeFacts } from './cluster-facts.js';
import { countDra, countPlugin } from './count-gpus.js';
import type { CountedGpus } from './count-gpus.js';
import type { NodeDra } from './dra-devices.js';
import { gpuOfLabels, isShared } from './gpu-labels.js';
import type { GpuSoftware } from './gpu-software.js';
import { profileOfResource, sliceOf } from './mig.js';
import { conditionFaults } from './node-faults.js';
import { GPU_RESOURCE } from './pod-request.js';
import type { Quantities } from './quantities.js';
import { reason } from './reasons.js';
import type { NodeGpu, NodeSlices } from './snapshot.js';

export interface GpuView {
  readonly gpu: NodeGpu | undefined;
  readonly slices: readonly NodeSlices[];
  /** GPUs (or slices that stand as GPUs) of the machine, usable or not. */
  readonly capacity: bigint;
  /** Of those, what new pods may get at all. */
  readonly sellable: bigint;
  /** Taken in ways that no pod's request shows. */
  readonly claimed: bigint;
  readonly unsellable: readonly Reason[];
  readonly software: GpuSoftware;
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** MIG resources of strategy `mixed`, each a model of its own. */
const slicesOf = (node: NodeFacts, capacity: Quantities): readonly NodeSlices[] => {
  const names = Object.keys(capacity.slices ?? {}).filter((n) => (capacity.slices?.[n] ?? 0n) > 0n);
  if (names.length === 0 || isShared(node.labels)) return [];
  const labelled = gpuOfLabels(node.labels);
  if (labelled.kind !== 'model') return [];
  return names.sort().map((resourceName) => ({
    resourceName,
    model: sliceOf(labelled.model, profileOfResource(resourceName)),
  }));
};

const PRESENT = ['nvidia.com/gpu.present', 'feature.node.kubernetes.io/pci-10de.present'];

/** Nothing counted: either there are no GPUs, or something that should report them does not. */
const whyNone = (node: NodeFacts, dra: NodeDra | undefined, hasSlices: boolean): Reason[] => {
  if (hasSlices) return [];
  if (dra !== undefined && dra.incompletePools.length > 0) {
    const pools = dra.incompletePools.join(', ');
    const message = `the DRA driver has not published all of pool ${pools} yet`;
    return [reason('GpuPoolIncomplete', message)];
  }
  if (!PRESENT.some((label) => node.labels[label] === 'true')) return [];
  const message = `the node has NVIDIA GPUs but its device plugin reports none as ${GPU_RESOURCE}`;
  return [reason('GpuNotReported', message)];
};

/** Why none of what is there can be sold as GPUs of a model, or the model. */
const modelOrWhy = (node: NodeFacts, { labelled }: CountedGpus, viaDra: boolean, dra?: NodeDra) => {
  if (viaDra && dra?.mapped === false) {
    const message = `no DeviceClass stands for ${GPU_RESOURCE}, so tenants' pods cannot ask for the DRA driver's GPUs`;
    return reason('GpuNotMapped', message);
  }
  if (!viaDra && isShared(node.labels)) {
    return reason('GpuShared', 'the GPUs are shared and cannot be sold as whole ones');
  }
  if (labelled.kind === 'none') {
    const message =
      'no label tells the GPU model (nvidia.com/gpu.product or akash.network/capabilities.gpu.…)';
    return reason('GpuModelUnknown', message);
  }
  if (labelled.kind === 'mixed') {
    const message = `labels name several models (${labelled.models.join(', ')}) and nothing tells them apart`;
    return reason('GpuMixed', message);
  }
  return labelled.model;
};

/** GPUs as `status` and a DRA driver report them, less those that somebody knows to be ill. */
export const observeGpus = (
  node: NodeFacts,
  capacity: Quantities,
  allocatable: Quantities,
  dra?: NodeDra,
): GpuView => {
  const slices = slicesOf(node, capacity);
  const viaDra = capacity.gpus === 0n && dra !== undefined && dra.gpus.length > 0;
  const counted = viaDra ? countDra(node, dra) : countPlugin(node, capacity, allocatable);
  const view = {
    slices,
    capacity: counted.capacity,
    sellable: counted.allocatable,
    claimed: BigInt(dra?.claimed ?? 0),
    software: counted.software,
  };
  const shared = isShared(node.labels) && Object.keys(capacity.slices ?? {}).length > 0;
  if (counted.capacity === 0n) {
    const unsellable = shared
      ? [reason('GpuShared', 'the MIG slices are shared and cannot be sold as whole ones')]
      : whyNone(node, dra, slices.length > 0);
    return { ...view, gpu: undefined, unsellable };
  }
  const model = modelOrWhy(node, counted, viaDra, dra);
  if ('code' in model) return { ...view, gpu: undefined, unsellable: [model] };
  const faults = conditionFaults(node);
  const devices = node.deviceFaults ?? [];
  const seen = devices.filter((d) => d.pluginSees).length;
  const less = (known: number): bigint => counted.capacity - least(BigInt(known), counted.capacity);
  // What the device plugin has taken away already is taken away once; what it does not see comes off beside that.
  const well = faults.gpus === 'all' ? 0n : least(less(faults.gpus), less(seen));
  const usable = least(counted.allocatable, well);
  const unseen = BigInt(devices.length - seen);
  const twice =
    !viaDra && dra !== undefined && dra.gpus.length > 0
      ? [
          reason(
            'GpuReportedTwice',
            `device plugin (${capacity.gpus}) and DRA driver (${dra.gpus.length}) both offer the GPUs; the plugin's count is used`,
          ),
        ]
      : [];
  return {
    ...view,
    gpu: { resourceName: GPU_RESOURCE, model },
    sellable: usable - least(unseen, usable),
    unsellable: [...counted.reasons, ...faults.reasons, ...devices.map((d) => d.why), ...twice],
  };
};
