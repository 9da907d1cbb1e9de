/** GPUs of a node by the two sources there may be: the device plugin (node status and labels), or a DRA driver. */
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import type { Reason } from '../market/reasons.js';
import type { DraDeviceFacts, NodeFacts } from './cluster-facts.js';
import { isTaintedDevice } from './dra-devices.js';
import type { NodeDra } from './dra-devices.js';
import { gpuOfLabels, modelOfProduct } from './gpu-labels.js';
import type { GpuLabels } from './gpu-labels.js';
import { gpuSoftware } from './gpu-software.js';
import type { GpuSoftware } from './gpu-software.js';
import { isQuantityFormatError, parseQuantity } from './kube-quantity.js';
import type { Quantities } from './quantities.js';
import { reason } from './reasons.js';

/** What one source reports. */
export interface CountedGpus {
  readonly capacity: bigint;
  readonly allocatable: bigint;
  readonly labelled: GpuLabels;
  readonly reasons: readonly Reason[];
  readonly software: GpuSoftware;
}

const NONE: GpuLabels = { kind: 'none' };

const mibOf = (memory: string | undefined): string | undefined => {
  if (memory === undefined) return undefined;
  try {
    return (parseQuantity(memory, 0, 'down') / 2n ** 20n).toString();
  } catch (error) {
    if (isQuantityFormatError(error)) return undefined;
    throw error;
  }
};

const modelsOfDevices = (devices: readonly DraDeviceFacts[]): GpuLabels => {
  const models = new Map<string, GpuModel>();
  for (const { productName, memory } of devices) {
    const model = modelOfProduct(productName ?? '', mibOf(memory));
    if (model !== undefined) models.set(formatGpu(model), model);
  }
  const [first, ...others] = models.values();
  if (first === undefined) return NONE;
  if (others.length === 0) return { kind: 'model', model: first };
  return { kind: 'mixed', models: [...models.values()].map((m) => m.model).sort() };
};

/** A DRA driver's devices; tainted ones are not for new pods. */
export const countDra = (node: NodeFacts, dra: NodeDra): CountedGpus => {
  const tainted = dra.gpus.filter(isTaintedDevice);
  const named = modelsOfDevices(dra.gpus);
  const [{ driverVersion: driver, cudaDriverVersion: cuda } = {}] = dra.gpus;
  return {
    capacity: BigInt(dra.gpus.length),
    allocatable: BigInt(dra.gpus.length - tainted.length),
    labelled: named.kind === 'none' ? gpuOfLabels(node.labels) : named,
    reasons: tainted.map(({ name, taints }) =>
      reason(
        'GpuTainted',
        `device ${name} is tainted (${taints.map((t) => `${t.key}=${t.value ?? ''}:${t.effect}`).join(', ')})`,
        name,
      ),
    ),
    software: {
      ...(driver === undefined ? {} : { driver }),
      ...(cuda === undefined ? {} : { cuda }),
    },
  };
};

/** The device plugin's count: what is missing from allocatable is ill. */
export const countPlugin = (
  node: NodeFacts,
  capacity: Quantities,
  allocatable: Quantities,
): CountedGpus => {
  const sick = capacity.gpus - allocatable.gpus;
  const message = `${sick} of ${capacity.gpus} GPUs are not usable (allocatable ${allocatable.gpus})`;
  return {
    capacity: capacity.gpus,
    allocatable: allocatable.gpus,
    labelled: gpuOfLabels(node.labels),
    reasons: sick > 0n ? [reason('GpuUnhealthy', message)] : [],
    software: gpuSoftware(node.labels),
  };
};
