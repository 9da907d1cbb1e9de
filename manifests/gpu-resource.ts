/** The extended resource that stands for a vendor's GPUs. */
import type { Attribute } from '../market/attributes.js';
import {
  GpuAttributeError,
  type GpuModel,
  type GpuRequirement,
  gpuSatisfies,
  parseGpuAttribute,
  parseGpuRequirements,
} from '../market/gpu.js';

/** `nvidia.com/gpu`, `amd.com/gpu`: what device plugins register. */
export const gpuResource = (vendor: string): string => `${vendor}.com/gpu`;

/** Vendor of the GPUs asked for: nvidia unless an attribute names another. @throws GpuAttributeError */
export const gpuVendor = (attributes: readonly Attribute[]): string =>
  parseGpuRequirements(attributes)[0]?.vendor ?? 'nvidia';

/**
 * What a node must have to honour an order: the model that was sold, with memory and interface where the order named
 * them. Without a sold model it is the order's only alternative, and `undefined` when several or any are welcome.
 * @throws GpuAttributeError
 */
export const requiredGpu = (
  attributes: readonly Attribute[],
  sold: GpuModel | undefined,
): GpuModel | undefined => {
  const wants = parseGpuRequirements(attributes);
  if (sold === undefined) {
    const [only] = wants;
    return wants.length === 1 && isConcrete(only) ? only : undefined;
  }
  const met = wants.find((want) => gpuSatisfies(sold, want));
  return {
    vendor: sold.vendor,
    model: sold.model,
    ram: met?.ram,
    interface: met?.interface,
  };
};

const isConcrete = (gpu: GpuRequirement | undefined): gpu is GpuModel => gpu?.model !== undefined;

/** {@link parseGpuAttribute}, with the fault as a sentence instead of an exception. */
export const tryParseGpuAttribute = (key: string): GpuRequirement | string => {
  try {
    return parseGpuAttribute(key);
  } catch (error) {
    if (error instanceof GpuAttributeError) return error.message;
    throw error;
  }
};
