/** GPUs in the words of a message. */
import type { GpuModel, GpuRequirement } from '../market/gpu.js';

/** `h100 sxm 80Gi`; a vendor other than NVIDIA is named; `gpu` for a wildcard. */
export const gpuWords = (gpu: GpuModel | GpuRequirement): string =>
  [
    ...(gpu.vendor === 'nvidia' ? [] : [gpu.vendor]),
    gpu.model ?? 'gpu',
    ...(gpu.interface === undefined ? [] : [gpu.interface]),
    ...(gpu.ram === undefined ? [] : [gpu.ram]),
  ].join(' ');

/** Alternatives joined with `or`. */
export const anyOfWords = (gpus: readonly GpuRequirement[]): string =>
  gpus.map(gpuWords).join(' or ');
