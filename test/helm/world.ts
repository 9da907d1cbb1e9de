/** What a release of the chart lives on: a cluster with a real node that has Berth's image, a chain outside it, and a tenant. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyObjects, kubectl } from '../../hack/apply-chart.js';
import { cachedImage } from '../../hack/release/cached-image.js';
import type { KubeApi } from '../../kube/api.js';
import { systemClock } from '../../operator/clock.js';
import { connectCluster } from '../../operator/connect-cluster.js';
import { Tenant } from '../e2e/tenant.js';
import { startChain } from '../peers/chain.js';
import type { Chain } from '../peers/chain.js';
import { startCluster } from '../peers/cluster/start-cluster.js';
import type { Cluster } from '../peers/cluster/types.js';
import { ADDRESSES } from '../peers/node/layout.js';
import { startRealNode } from '../peers/node/start-real-node.js';
import type { RealNode } from '../peers/node/types.js';
import { freePorts } from '../peers/ports.js';
import { startProgram } from '../peers/process.js';
import { startChainGate } from '../stack/chain-gate.js';
import type { ChainGate } from '../stack/chain-gate.js';
import { NODES_BESIDE_REAL } from '../stack/on-real-node.js';

/** The release namespace: what operator and gateway share. */
export const NAMESPACE = 'berth-system';
/** A sixth of the chain's own pace. */
export const BLOCK_TIME_MS = 1000;

export interface World {
  readonly cluster: Cluster;
  readonly node: RealNode;
  readonly chain: Chain;
  /** Between the pods and the chain; knows every transaction that they sent. */
  readonly gate: ChainGate;
  /** The gate as pods reach it. */
  readonly rpcUrl: string;
  /** An administrator's access. */
  readonly api: KubeApi;
  readonly namespace: string;
  readonly tenant: Tenant;
  /** A folder for files of the test's own. */
  readonly dir: string;
  /** Where tenants find the gateway. */
  readonly gatewayUrl: () => string;
  /** Where they find it from now on. */
  readonly useGateway: (url: string) => void;
  /** Runs kubectl as administrator. @throws KubectlError */
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Makes an address of the node's wire lead to a port of this machine's loopback. */
const openToPods = async (
  dir: string,
  url: string,
): Promise<{ readonly url: string; readonly stop: () => unknown }> => {
  const [port = 0] = await freePorts(1);
  const relay = await startProgram({
    name: 'relay of the chain',
    command: 'socat',
    args: [
      `TCP-LISTEN:${port},bind=${ADDRESSES.outside},reuseaddr,fork`,
      `TCP:127.0.0.1:${new URL(url).port}`,
    ],
    logPath: join(dir, 'chain-relay.log'),
  });
  return { url: `http://${ADDRESSES.outside}:${port}`, stop: () => relay.stop(0) };
};

/** Under the strictest of the Pod Security Standards, as the chart's other namespaces are by themselves. */
const RELEASE_NAMESPACE = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};

/** Starts everything but Berth; nothing is left running when a part does not come up. */
export const startWorld = async (): Promise<World> => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-helm-'));
  const undo: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  undo.push(() => {
    if (process.env['BERTH_KEEP_RUN'] === undefined) rmSync(dir, { recursive: true });
    else console.log(`kept: ${dir}`);
  });
  try {
    const [image, cluster, chain] = await Promise.allSettled([
      cachedImage(),
      startCluster({
        ...{ dir: join(dir, 'cluster'), flavour: 'local', nodesFile: NODES_BESIDE_REAL },
      }),
      startChain({ dir: join(dir, 'chain'), blockTimeMs: BLOCK_TIME_MS }),
    ]);
    if (cluster.status === 'fulfilled') undo.push(() => cluster.value.stop());
    if (chain.status === 'fulfilled') undo.push(() => chain.value.stop());
    if (image.status === 'rejected') throw image.reason;
    if (cluster.status === 'rejected') throw cluster.reason;
    if (chain.status === 'rejected') throw chain.reason;

    const gate = await startChainGate(chain.value.rpcUrl);
    undo.push(() => gate.stop());
    const nodeDir = join(dir, 'node');
    const node = await startRealNode({ cluster: cluster.value, dir: nodeDir });
    undo.push(() => node.stop());
    undo.push(() => {
      const logs = join(nodeDir, 'pod-logs');
      if (process.env['BERTH_KEEP_RUN'] !== undefined && existsSync(logs)) {
        cpSync(logs, join(dir, 'pod-logs'), { recursive: true });
      }
    });
    await node.importImage(image.value);
    const relay = await openToPods(dir, gate.url);
    undo.push(relay.stop);
    const admin = await connectCluster(cluster.value.kubeconfigPath, process.env, systemClock);
    undo.push(() => {
      admin.close();
    });
    await applyObjects(cluster.value.kubeconfigPath, [RELEASE_NAMESPACE]);

    let gatewayUrl = '';
    const tenant = await Tenant.of({
      chain: chain.value,
      get gatewayUrl() {
        return gatewayUrl;
      },
    });
    undo.push(() => {
      tenant.close();
    });
    const files = join(dir, 'release');
    mkdirSync(files);
    return {
      ...{ cluster: cluster.value, chain: chain.value, node, gate, tenant, stop },
      ...{ rpcUrl: relay.url, api: admin.api, namespace: NAMESPACE, dir: files },
      gatewayUrl: () => gatewayUrl,
      useGateway: (url) => {
        gatewayUrl = url;
      },
      kubectl: (...args) => kubectl(cluster.value.kubeconfigPath, args),
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
