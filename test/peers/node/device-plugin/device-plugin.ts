/**
 * A device plugin as NVIDIA's, for a machine without GPUs: serves every resource of the devices file, registers with the
 * kubelet, and does so again when the kubelet starts anew (it empties the folder of sockets then).
 */
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../wait.js';
import type { GpuControl } from './control.js';
import { DeviceSet, devicesOf } from './device-set.js';
import type { DevicesFile } from './devices-file.js';
import { NodeError } from '../types.js';
import { register } from './protocol.js';
import { type ResourceServer, serveResource } from './resource-server.js';

/** The longest path that a unix socket may have (Linux, sun_path less its zero). */
const LONGEST_SOCKET_PATH = 107;
const KUBELET_SOCKET = 'kubelet.sock';

export interface DevicePluginOptions {
  readonly file: DevicesFile;
  readonly nodeName: string;
  /** The kubelet's folder of device plugins; must exist. */
  readonly folder: string;
  /** Told of every registration that fails; it is tried again when the kubelet's socket appears anew. */
  readonly onError: (error: unknown) => void;
}

/** A running plugin. */
export interface DevicePlugin extends GpuControl {
  /** Calls `listener` after every change of the devices until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly stop: () => void;
}

/** Starts it. The kubelet need not be there yet. @throws NodeError when its sockets cannot be opened */
export const startDevicePlugin = async (options: DevicePluginOptions): Promise<DevicePlugin> => {
  const { file, nodeName, folder, onError } = options;
  const kubeletSocket = join(folder, KUBELET_SOCKET);
  const longest = join(folder, `berth-nvidia-com-mig-${'x'.repeat(16)}.sock`);
  if (longest.length > LONGEST_SOCKET_PATH) {
    throw new NodeError(`${folder} is too long a path for sockets; choose a folder nearer to /`);
  }
  const everything = devicesOf(file, nodeName);
  const devices = new DeviceSet(everything);
  const resources = [...new Set(everything.map((d) => d.resource))];
  let servers: readonly ResourceServer[] = [];
  let work: Promise<void> = Promise.resolve();
  let stopped = false;

  const renew = async (): Promise<void> => {
    for (const server of servers) server.stop();
    servers = [];
    if (stopped || !existsSync(kubeletSocket)) return;
    servers = await Promise.all(resources.map((r) => serveResource(folder, r, devices, file)));
    await waitFor(
      'the kubelet to take the registration',
      async () => {
        for (const { endpoint, resource } of servers) {
          await register(kubeletSocket, endpoint, resource);
        }
        return true;
      },
      { timeoutMs: 10_000 },
    );
  };
  const later = (step: () => Promise<void>): Promise<void> =>
    (work = work.catch(onError).then(step));

  const watcher = watch(folder, (event, name) => {
    if (event === 'rename' && name === KUBELET_SOCKET && existsSync(kubeletSocket)) {
      later(renew).catch(onError);
    }
  });
  await later(renew);

  const find = (which: string): string => {
    const found = devices.all().find((d, i) => d.uuid === which || String(i) === which);
    if (found === undefined) {
      const known = devices.all().map((d, i) => `${i} (${d.uuid})`);
      throw new NodeError(`there is no device "${which}"; there are ${known.join(', ')}`);
    }
    return found.uuid;
  };

  return {
    devices: () => devices.all(),
    subscribe: (listener) => devices.subscribe(listener),
    setHealth: (which, healthy) => {
      const uuid = find(which);
      devices.replace(devices.all().map((d) => (d.uuid === uuid ? { ...d, healthy } : d)));
    },
    shrink: (count) => {
      const gpus = devices.of('nvidia.com/gpu');
      if (!Number.isInteger(count) || count < 0 || count > gpus.length) {
        throw new NodeError(`shrink to 0..${gpus.length} GPUs, not to ${count}`);
      }
      const kept = new Set(gpus.slice(0, count));
      devices.replace(devices.all().filter((d) => d.resource !== 'nvidia.com/gpu' || kept.has(d)));
    },
    restart: () =>
      later(async () => {
        devices.replace(everything);
        await renew();
      }),
    stop: () => {
      stopped = true;
      watcher.close();
      for (const server of servers) server.stop();
    },
  };
};
