/** What a node needs before anything of it runs: programs, images, kubeconfigs and configuration files. */
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { packImages } from '../../../hack/images/images.js';
import { toolsDir } from '../tools.js';
import type { NodeKubeconfigs } from './boot.js';
import { DNS_USER } from './cluster-services.js';
import { writeConfiguration } from './configuration.js';
import { type DevicesFile, readDevicesFile } from './device-plugin/devices-file.js';
import { ADDRESSES, FIXED_FOLDERS, nodeLayout } from './layout.js';
import { realNodeObstacle } from './obstacle.js';
import type { ProgramContext } from './programs.js';
import { NodeError, type StartRealNodeOptions } from './types.js';

/** The GPUs of a node whose caller names no file. */
const DEFAULT_DEVICES_FILE = join(import.meta.dirname, '../../../hack/node/devices.yaml');

const GROUPS = ['node', 'coredns'];
const BINARIES = ['kubelet', 'kube-proxy', 'coredns'];

/** Everything at hand, nothing running. */
export interface PreparedNode {
  readonly context: ProgramContext;
  readonly kubeconfigs: NodeKubeconfigs;
  /** Administrator's access to the cluster. */
  readonly admin: KubeConfig;
  /** The API server's, here and on the node's side of the relay. */
  readonly apiServerPort: number;
  readonly file: DevicesFile;
  /** Archives of the images. */
  readonly archives: readonly string[];
  /** Folders of the machine outside that were made for the node and go with it. */
  readonly madeFolders: readonly string[];
}

/** @throws NodeError (the cluster is of another flavour, this machine cannot, a wrong devices file) or ToolsError */
export const prepareNode = async (
  options: StartRealNodeOptions,
  signal: AbortSignal,
): Promise<PreparedNode> => {
  const { cluster } = options;
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
  const [bin, archives] = await Promise.all([
    toolsDir(GROUPS, BINARIES, signal),
    packImages(layout.images),
  ]);
  const apiServerPort = Number(new URL(cluster.server).port);
  const server = `https://${ADDRESSES.outside}:${apiServerPort}`;
  const [kubelet, kubeProxy, dns] = await Promise.all([
    issue({ name: 'kubelet', subject: `/O=system:nodes/CN=system:node:${nodeName}`, server }),
    issue({ name: 'kube-proxy', subject: '/CN=system:kube-proxy', server }),
    issue({ name: 'coredns', subject: `/CN=${DNS_USER}`, server }),
  ]);
  const admin = new KubeConfig();
  admin.loadFromFile(cluster.kubeconfigPath);
  const madeFolders = FIXED_FOLDERS.filter((folder) => !existsSync(folder));
  mkdirSync(layout.config, { recursive: true });
  writeConfiguration(layout, cluster.caPem, dns);
  return {
    context: { layout, bin, nodeName },
    kubeconfigs: { kubelet, kubeProxy },
    ...{ admin, apiServerPort, file, archives, madeFolders },
  };
};
