/**
 * Driver and CUDA of a node's GPUs from GPU-feature-discovery labels: the names since v0.15
 * (`nvidia.com/cuda.driver-version.*`, `cuda.runtime-version.*`), else the deprecated ones (`cuda.driver.*`, `cuda.runtime.*`).
 */
import type { Labels } from './gpu-labels.js';

export interface GpuSoftware {
  /** For example `580.65.06`. */
  readonly driver?: string;
  /** The newest CUDA that the driver takes, for example `13.0`. */
  readonly cuda?: string;
}

const dotted = (...parts: readonly (string | undefined)[]): string | undefined => {
  const known = parts.filter((p) => p !== undefined && p !== '');
  return known.length === 0 ? undefined : known.join('.');
};

/** What the labels tell; empty when they tell nothing. */
export const gpuSoftware = (labels: Labels): GpuSoftware => {
  const at = (name: string): string | undefined => labels[`nvidia.com/cuda.${name}`];
  const driver =
    at('driver-version.full') ??
    dotted(at('driver-version.major'), at('driver-version.minor'), at('driver-version.revision')) ??
    dotted(at('driver.major'), at('driver.minor'), at('driver.rev'));
  const cuda =
    dotted(at('runtime-version.major'), at('runtime-version.minor')) ??
    at('runtime-version.full') ??
    dotted(at('runtime.major'), at('runtime.minor'));
  return {
    ...(driver === undefined ? {} : { driver }),
    ...(cuda === undefined ? {} : { cuda }),
  };
};
