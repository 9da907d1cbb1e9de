/** Plays GPU feature discovery: keeps a node's labels at what its device plugin offers. */
import type { KubeConfig } from '@kubernetes/client-node';
import type { DevicePlugin } from './device-plugin/device-plugin.js';
import type { DevicesFile } from './device-plugin/devices-file.js';
import { featureLabels } from './device-plugin/feature-labels.js';
import { labelNode } from './registration.js';

export interface FeatureDiscoveryOptions {
  readonly config: KubeConfig;
  readonly nodeName: string;
  readonly file: DevicesFile;
  readonly plugin: Pick<DevicePlugin, 'devices' | 'subscribe'>;
  /** Told when labels could not be written; the next change writes them all. */
  readonly onError: (error: unknown) => void;
}

/** Writes the labels, then again after every change, one write at a time; the returned function ends it. */
export const followDevices = async (options: FeatureDiscoveryOptions): Promise<() => void> => {
  const { config, nodeName, file, plugin, onError } = options;
  let written: readonly string[] = [];
  const write = async (): Promise<void> => {
    const labels = featureLabels(file, plugin.devices());
    const stale = written.filter((key) => labels[key] === undefined);
    await labelNode(config, nodeName, {
      ...Object.fromEntries(stale.map((key) => [key, null])),
      ...labels,
    });
    written = Object.keys(labels);
  };
  await write();
  let work: Promise<void> = Promise.resolve();
  return plugin.subscribe(() => {
    work = work.then(write).catch(onError);
  });
};
