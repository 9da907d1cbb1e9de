/**
 * A real node beside the simulated ones: containerd, kubelet, kube-proxy, CoreDNS and a device plugin, in a machine of its
 * own made of namespaces. Ending the process that started it, in whichever way, ends all of it.
 */
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { packImages } from '../../../hack/images/images.js';
import type { Program } from '../process.js';
import { startProgram } from '../process.js';
import { toolsDir } from '../tools.js';
import { bootNode, type BootedNode, type NodeKubeconfigs } from './boot.js';
import { removeCgroupRoot } from './cgroups.js';
import { createClusterServices, DNS_USER } from './cluster-services.js';
import { writeConfiguration } from './configuration.js';
import { serveControl } from './device-plugin/control-socket.js';
import { type DevicePlugin, startDevicePlugin } from './device-plugin/device-plugin.js';
import { readDevicesFile } from './device-plugin/devices-file.js';
import { featureLabels } from './device-plugin/feature-labels.js';
import { importImage } from './images.js';
import { takeInventory } from './inventory.js';
import { ADDRESSES, FIXED_FOLDERS, nodeLayout } from './layout.js';
import { disconnectMachine } from './network.js';
import { realNodeObstacle } from './obstacle.js';
import { apiServerRelay } from './programs.js';
import { labelNode, waitForNode } from './registration.js';
import { NodeError, type RealNode, type StartRealNodeOptions } from './types.js';

/** The GPUs of a node whose caller names no file. */
export const DEFAULT_DEVICES_FILE = join(import.meta.dirname, '../../../hack/node/devices.yaml');

const READY_TIMEOUT_MS = 60_000;
const GROUPS = ['node', 'coredns'];
const BINARIES = ['kubelet', 'kube-proxy', 'coredns'];

/** Resources and how many of each a healthy node must offer. */
const offered = (plugin: DevicePlugin, replicas: number): Readonly<Record<string, number>> => {
  const count: Record<string, number> = {};
  for (const { resource, healthy } of plugin.devices()) {
    const each = resource === 'nvidia.com/gpu' ? replicas : 1;
    count[resource] = (count[resource] ?? 0) + (healthy ? each : 0);
  }
  return count;
};

/**
 * Starts a node in a `local` cluster and waits until pods can be scheduled on it.
 * @throws NodeError (another node is up, the cluster is of another flavour, this machine cannot), ProgramError, ToolsError or
 *   WaitTimeoutError; nothing is left running then
 */
export const startRealNode = async (options: StartRealNodeOptions): Promise<RealNode> => {
  const { cluster } = options;
  const log = options.log ?? ((): void => undefined);
  const signal = options.signal ?? new AbortController().signal;
  const nodeName = options.name ?? 'real';
  const issue = cluster.clientKubeconfig;
  if (issue === undefined) {
    throw new NodeError(`a real node joins a local cluster only, not one of ${cluster.flavour}`);
  }
  const obstacle = await realNodeObstacle();
  if (obstacle !== undefined) throw new NodeError(obstacle);
  const file = readDevicesFile(options.devicesFile ?? DEFAULT_DEVICES_FILE);
  const layout = nodeLayout(resolve(options.dir));
  mkdirSync(layout.logs, { recursive: true });
  const started = performance.now();
  const [bin, archives] = await Promise.all([
    toolsDir(GROUPS, BINARIES, signal),
    packImages(layout.images),
  ]);

  const port = Number(new URL(cluster.server).port);
  const server = `https://${ADDRESSES.outside}:${port}`;
  const [kubeletConfig, kubeProxy, dns] = await Promise.all([
    issue({ name: 'kubelet', subject: `/O=system:nodes/CN=system:node:${nodeName}`, server }),
    issue({ name: 'kube-proxy', subject: '/CN=system:kube-proxy', server }),
    issue({ name: 'coredns', subject: `/CN=${DNS_USER}`, server }),
  ]);
  const kubeconfigs: NodeKubeconfigs = { kubelet: kubeletConfig, kubeProxy };
  const admin = new KubeConfig();
  admin.loadFromFile(cluster.kubeconfigPath);
  const context = { layout, bin, nodeName };
  const missingFolders = FIXED_FOLDERS.filter((folder) => !existsSync(folder));
  mkdirSync(layout.config, { recursive: true });
  writeConfiguration(layout, cluster.caPem, dns);

  let node: BootedNode | undefined;
  let relay: Program | undefined;
  let plugin: DevicePlugin | undefined;
  let closeControl: (() => void) | undefined;
  const cleanUp = async (): Promise<void> => {
    closeControl?.();
    plugin?.stop();
    if (node === undefined) return; // the machine's folders and groups may be another node's
    await node.machine.stop();
    await relay?.stop(0);
    await disconnectMachine();
    await removeCgroupRoot();
    for (const folder of missingFolders) if (existsSync(folder)) rmdirSync(folder);
    for (const part of readdirSync(layout.dir).map((name) => join(layout.dir, name))) {
      if (part !== layout.logs) rmSync(part, { recursive: true });
    }
  };
  const live = (): { readonly node: BootedNode; readonly plugin: DevicePlugin } => {
    if (node === undefined || plugin === undefined) throw new NodeError('the node is not up');
    return { node, plugin };
  };
  const ready = async (after: number): Promise<void> => {
    const now = live();
    await waitForNode(
      admin,
      nodeName,
      {
        after: Math.floor(after / 1000) * 1000,
        resources: offered(now.plugin, file.gpu.replicas),
      },
      { timeoutMs: READY_TIMEOUT_MS, signal, guard: now.node.guard },
    );
  };

  try {
    log('a machine of its own, containerd');
    const at = Date.now();
    node = await bootNode(context, kubeconfigs, signal);
    relay = await startProgram(apiServerRelay(context, port));
    await Promise.all([
      createClusterServices(admin, port),
      ...archives.map((archive) => importImage(layout, archive)),
    ]);
    log('kubelet, kube-proxy, CoreDNS, device plugin');
    await node.startServices();
    plugin = await startDevicePlugin({
      file,
      nodeName,
      folder: layout.devicePlugins,
      onError: (error) => {
        log(`device plugin: ${error instanceof Error ? error.message : 'failed'}`);
      },
    });
    closeControl = await serveControl(plugin, join(layout.dir, 'gpus.sock'));
    await ready(at);
    await labelNode(admin, nodeName, featureLabels(file, file.gpu.count));
  } catch (error) {
    await cleanUp();
    throw error;
  }
  log(`node ${nodeName} ready in ${((performance.now() - started) / 1000).toFixed(1)} s`);

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      await cleanUp();
      // The cluster may be gone already, and its Node objects with it.
      await admin
        .makeApiClient(CoreV1Api)
        .deleteNode({ name: nodeName })
        .catch(() => undefined);
    })());
  signal.addEventListener('abort', () => void stop(), { once: true });
  return {
    nodeName,
    address: ADDRESSES.node,
    gpus: plugin,
    restartKubelet: async () => {
      const at = Date.now();
      await live().node.restartKubelet();
      await ready(at);
    },
    reboot: async () => {
      const at = Date.now();
      await live().node.machine.stop();
      node = await bootNode(context, kubeconfigs, signal);
      await node.startServices();
      await ready(at);
    },
    importImage: (tarPath) => importImage(layout, tarPath),
    inventory: () => takeInventory(layout, live().node.machine),
    stop,
    describe: () => [
      `node ${nodeName}: a real kubelet at ${ADDRESSES.node}, ${file.gpu.count} ${file.gpu.product} by our device plugin, logs in ${layout.logs}`,
      `  echo 'ill 0' | socat - UNIX:${join(layout.dir, 'gpus.sock')} turns its first GPU ill (list, well N, shrink N, restart)`,
    ],
  };
};
