/**
 * One cluster behind one interface. Order of choice: the one that KUBECONFIG names, K3s where Docker can pull it, local
 * binaries. BERTH_CLUSTER (kubeconfig, k3s or local) takes one outright.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openExternalCluster } from './external.js';
import { canPullK3s, startK3sCluster } from './k3s.js';
import { startLocalCluster } from './local.js';
import {
  type Cluster,
  ClusterError,
  type ClusterFlavour,
  type StartClusterOptions,
} from './types.js';

/** The nodes of a cluster whose caller names no file. */
export const DEFAULT_NODES_FILE = join(import.meta.dirname, '../../../hack/cluster/nodes.yaml');

const FLAVOURS: readonly ClusterFlavour[] = ['kubeconfig', 'k3s', 'local'];

const named = (text: string): ClusterFlavour => {
  const flavour = FLAVOURS.find((f) => f === text);
  if (flavour === undefined) {
    throw new ClusterError(`BERTH_CLUSTER must be ${FLAVOURS.join(', ')}; got "${text}"`);
  }
  return flavour;
};

const choose = async (options: StartClusterOptions): Promise<ClusterFlavour> => {
  const env = options.env ?? process.env;
  if (options.flavour !== undefined) return options.flavour;
  if ((env['BERTH_CLUSTER'] ?? '') !== '') return named(env['BERTH_CLUSTER'] ?? '');
  if ((env['KUBECONFIG'] ?? '') !== '') return 'kubeconfig';
  return (await canPullK3s()) ? 'k3s' : 'local';
};

/** Starts (or, with KUBECONFIG, opens) a cluster. @throws ClusterError and its kin; nothing is left running then */
export const startCluster = async (options: StartClusterOptions): Promise<Cluster> => {
  const flavour = await choose(options);
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  const log = options.log ?? (() => undefined);
  const signal = options.signal ?? new AbortController().signal;
  const nodesFile = options.nodesFile ?? DEFAULT_NODES_FILE;
  const started = performance.now();
  const env = options.env ?? process.env;
  const start = (): Promise<Cluster> => {
    switch (flavour) {
      case 'kubeconfig':
        return openExternalCluster({ dir, log, path: env['KUBECONFIG'] ?? '' });
      case 'k3s':
        return startK3sCluster({ dir, log, signal, nodesFile });
      case 'local':
        return startLocalCluster({ dir, log, signal, nodesFile });
    }
  };
  const cluster = await start();
  log(`cluster ready in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  signal.addEventListener('abort', () => void cluster.stop(), { once: true });
  return cluster;
};
