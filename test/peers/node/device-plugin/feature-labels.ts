/** The labels that GPU feature discovery v0.20 writes for the devices that are there, MIG strategy `mixed` included. */
import { gpuLabels } from '../../cluster/node-objects.js';
import type { DevicesFile } from './devices-file.js';

/** @param gpuCount how many whole GPUs there are now */
export const featureLabels = (
  file: DevicesFile,
  gpuCount: number,
): Readonly<Record<string, string>> => ({
  ...gpuLabels({ ...file.gpu, unhealthy: 0, count: gpuCount }),
  'nvidia.com/mig.strategy': file.mig.length > 0 ? 'mixed' : 'single',
  'nvidia.com/mig.capable': String(file.mig.length > 0),
  ...Object.fromEntries(
    file.mig.flatMap(({ profile, count, memoryMiB }) => [
      [`nvidia.com/mig-${profile}.count`, String(count)],
      [`nvidia.com/mig-${profile}.memory`, String(memoryMiB)],
      [`nvidia.com/mig-${profile}.product`, `${file.gpu.product}-MIG-${profile}`],
    ]),
  ),
});
