/**
 * MIG: GPUs cut into slices with memory of their own. Under strategy `mixed` each profile is a resource
 * (`nvidia.com/mig-1g.10gb`); under `single` all devices of a node are alike and stand as `nvidia.com/gpu`, with the profile
 * in the product label. Profiles are read tolerantly: `1g.10gb`, `1g.10gb.me`, `1g.12gb+me.all` (NVIDIA/k8s-device-plugin).
 */
import { sliceModelName } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';

/** What every MIG resource begins with. */
export const MIG_RESOURCE = 'nvidia.com/mig-';

const IN_PRODUCT = /-MIG-(.+?)(?:-SHARED)?$/i;
const MEMORY = /(?:^|\.)(\d+)gb/i;

/** `1g.10gb` of `NVIDIA-H100-80GB-HBM3-MIG-1g.10gb`; `undefined` for a whole GPU. */
export const profileInProduct = (product: string): string | undefined =>
  IN_PRODUCT.exec(product)?.[1];

/** `1g.10gb` of `nvidia.com/mig-1g.10gb`. */
export const profileOfResource = (resource: string): string => resource.slice(MIG_RESOURCE.length);

/** A slice as a model: the name says which GPU it is part of, the memory is the slice's. */
export const sliceOf = (whole: GpuModel, profile: string): GpuModel => {
  const gib = MEMORY.exec(profile)?.[1];
  return {
    ...whole,
    model: sliceModelName(whole.model, profile),
    ram: gib === undefined ? undefined : `${gib}Gi`,
  };
};
