/** The labels that GPU feature discovery v0.20 writes for the devices that are there, MIG strategy `mixed` included. */
import { gpuLabels } from '../../cluster/node-objects.js';
import type { GpuDevice } from './device-set.js';
import type { DevicesFile } from './devices-file.js';

const countOf = (devices: readonly GpuDevice[], resource: string): number =>
  devices.filter((d) => d.resource === resource).length;

/**
 * Ill devices are counted, as NVML counts them; pulled ones are not.
 * @param devices what the plugin offers now
 */
export const featureLabels = (
  file: DevicesFile,
  devices: readonly GpuDevice[],
): Readonly<Record<string, string>> => {
  const count = countOf(devices, 'nvidia.com/gpu');
  const slices = file.mig
    .map((slice) => ({ ...slice, resource: `nvidia.com/mig-${slice.profile}` }))
    .map((slice) => ({ ...slice, count: countOf(devices, slice.resource) }))
    .filter((slice) => slice.count > 0);
  return {
    ...(count > 0 && gpuLabels({ ...file.gpu, unhealthy: 0, count })),
    'nvidia.com/mig.strategy': file.mig.length > 0 ? 'mixed' : 'single',
    'nvidia.com/mig.capable': String(file.mig.length > 0),
    ...Object.fromEntries(
      slices.flatMap((slice) => [
        [`${slice.resource}.count`, String(slice.count)],
        [`${slice.resource}.memory`, String(slice.memoryMiB)],
        [`${slice.resource}.product`, `${file.gpu.product}-MIG-${slice.profile}`],
      ]),
    ),
  };
};
