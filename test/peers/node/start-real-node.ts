/**
 * A real node beside the simulated ones: containerd, kubelet, kube-proxy, CoreDNS, an HTTP ingress and a device plugin, in a
 * machine of its own made of namespaces. Ending the process that started it, in whichever way, ends all of it.
 */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import type { Program } from '../process.js';
import { startProgram } from '../process.js';
import { bootNode, type BootedNode } from './boot.js';
import { removeCgroupRoot } from './cgroups.js';
import { createClusterServices } from './cluster-services.js';
import { writeKubeletConfiguration } from './configuration.js';
import { serveControl } from './device-plugin/control-socket.js';
import { type DevicePlugin, startDevicePlugin } from './device-plugin/device-plugin.js';
import { followDevices } from './feature-discovery.js';
import { ctr, importImage } from './images.js';
import { startIngressController } from './ingress/ingress-controller.js';
import { takeInventory } from './inventory.js';
import { ADDRESSES, INGRESS_LISTEN } from './layout.js';
import { disconnectMachine } from './network.js';
import { prepareNode } from './prepare-node.js';
import { apiServerRelay } from './programs.js';
import { offered, waitForDiskPressure, waitForNode } from './registration.js';
import { NodeError, type RealNode, type StartRealNodeOptions } from './types.js';

const READY_TIMEOUT_MS = 60_000;

/**
 * Starts a node in a `local` cluster and waits until pods can be scheduled on it.
 * @throws NodeError (another node is up, the cluster is of another flavour, this machine cannot), ProgramError, ToolsError or
 *   WaitTimeoutError; nothing is left running then
 */
export const startRealNode = async (options: StartRealNodeOptions): Promise<RealNode> => {
  const log = options.log ?? ((): void => undefined);
  const signal = options.signal ?? new AbortController().signal;
  const started = performance.now();
  const prepared = await prepareNode(options, signal);
  const { context, kubeconfigs, admin, apiServerPort, file, archives } = prepared;
  const { layout, nodeName } = context;
  const complain =
    (who: string) =>
    (error: unknown): void => {
      log(`${who}: ${error instanceof Error ? error.message : 'failed'}`);
    };

  let node: BootedNode | undefined;
  let relay: Program | undefined;
  let plugin: DevicePlugin | undefined;
  const followers: (() => void)[] = [];
  const cleanUp = async (): Promise<void> => {
    for (const end of followers.splice(0)) end();
    plugin?.stop();
    if (node === undefined) return; // the machine's folders and groups may be another node's
    await node.machine.stop();
    await relay?.stop(0);
    await disconnectMachine();
    await removeCgroupRoot();
    for (const folder of prepared.madeFolders) if (existsSync(folder)) rmdirSync(folder);
    for (const part of readdirSync(layout.dir).map((name) => join(layout.dir, name))) {
      if (part !== layout.logs) rmSync(part, { recursive: true });
    }
  };
  const live = (): { readonly node: BootedNode; readonly plugin: DevicePlugin } => {
    if (node === undefined || plugin === undefined) throw new NodeError('the node is not up');
    return { node, plugin };
  };
  const patience = () => ({ timeoutMs: READY_TIMEOUT_MS, signal, guard: live().node.guard });
  const ready = async (after: number): Promise<void> => {
    const resources = offered(live().plugin.devices(), file.gpu.replicas);
    await waitForNode(admin, nodeName, { after, resources }, patience());
  };
  const loadImages = async (): Promise<void> => {
    await Promise.all(archives.map((archive) => importImage(layout, archive)));
  };

  try {
    log('a machine of its own, containerd');
    const at = Date.now();
    node = await bootNode(context, kubeconfigs, signal);
    relay = await startProgram(apiServerRelay(context, apiServerPort));
    await Promise.all([createClusterServices(admin, apiServerPort), loadImages()]);
    log('kubelet, kube-proxy, CoreDNS, nginx, device plugin');
    await node.startServices();
    plugin = await startDevicePlugin({
      ...{ file, nodeName, folder: layout.devicePlugins, onError: complain('device plugin') },
    });
    followers.push(await serveControl(plugin, join(layout.dir, 'gpus.sock')));
    followers.push(
      startIngressController({
        config: admin,
        listen: INGRESS_LISTEN,
        confPath: layout.nginxConf,
        reload: async () => {
          await live().node.reloadIngress();
        },
        onError: complain('ingress'),
      }),
    );
    await ready(at);
    followers.push(
      await followDevices({
        ...{ config: admin, nodeName, file, plugin, onError: complain('feature discovery') },
      }),
    );
  } catch (error) {
    await cleanUp();
    throw error;
  }
  log(`node ${nodeName} ready in ${((performance.now() - started) / 1000).toFixed(1)} s`);

  const restartKubelet = async (): Promise<void> => {
    const at = Date.now();
    await live().node.restartKubelet();
    await ready(at);
  };
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
    ingressUrl: `http://${INGRESS_LISTEN}`,
    gpus: plugin,
    restartKubelet,
    reboot: async () => {
      const at = Date.now();
      await live().node.machine.stop();
      node = await bootNode(context, kubeconfigs, signal);
      await node.startServices();
      await ready(at);
    },
    setDiskFull: async (full) => {
      writeKubeletConfiguration(layout, full);
      if (full) {
        await live().node.restartKubelet();
        await waitForDiskPressure(admin, nodeName, patience());
      } else {
        await loadImages();
        await restartKubelet();
      }
    },
    importImage: (tarPath) => importImage(layout, tarPath),
    signal: async (containerId, name) => {
      await ctr(layout, 'tasks', 'kill', '--signal', name, containerId);
    },
    inventory: () => takeInventory(layout, live().node.machine),
    stop,
    describe: () => [
      `node ${nodeName}: a real kubelet at ${ADDRESSES.node}, ${file.gpu.count} ${file.gpu.product} by our device plugin, logs in ${layout.logs}`,
      `  echo 'ill 0' | socat - UNIX:${join(layout.dir, 'gpus.sock')} turns its first GPU ill (list, well N, shrink N, restart)`,
    ],
  };
};
