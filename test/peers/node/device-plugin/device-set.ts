/** The devices that the plugin offers at this moment, and who wants to know when they change. */
import { createHash } from 'node:crypto';
import type { DevicesFile } from './devices-file.js';

/** One card or MIG slice. */
export interface GpuDevice {
  /** As NVML gives it: `GPU-` or `MIG-` and a UUID. */
  readonly uuid: string;
  /** Extended resource that it counts for, `nvidia.com/gpu` or `nvidia.com/mig-<profile>`. */
  readonly resource: string;
  readonly healthy: boolean;
}

const uuidOf = (seed: string): string =>
  createHash('sha256')
    .update(seed)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

/** Every device of the file, all healthy; the same node name gives the same UUIDs. */
export const devicesOf = (file: DevicesFile, nodeName: string): readonly GpuDevice[] => [
  ...Array.from({ length: file.gpu.count }, (_none, i) => ({
    uuid: `GPU-${uuidOf(`${nodeName}/gpu/${i}`)}`,
    resource: 'nvidia.com/gpu',
    healthy: true,
  })),
  ...file.mig.flatMap(({ profile, count }) =>
    Array.from({ length: count }, (_none, i) => ({
      uuid: `MIG-${uuidOf(`${nodeName}/${profile}/${i}`)}`,
      resource: `nvidia.com/mig-${profile}`,
      healthy: true,
    })),
  ),
];

/** A changing list of devices. */
export class DeviceSet {
  #devices: readonly GpuDevice[];
  readonly #listeners = new Set<() => void>();

  constructor(devices: readonly GpuDevice[]) {
    this.#devices = devices;
  }

  all(): readonly GpuDevice[] {
    return this.#devices;
  }

  of(resource: string): readonly GpuDevice[] {
    return this.#devices.filter((d) => d.resource === resource);
  }

  replace(devices: readonly GpuDevice[]): void {
    this.#devices = devices;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after every change until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
