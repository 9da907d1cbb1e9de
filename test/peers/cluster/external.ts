/** The `kubeconfig` flavour: a cluster that somebody else runs. It is used as it is, and never stopped. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig, VersionApi } from '@kubernetes/client-node';
import { accountKubeconfig, caPemOf } from './service-account.js';
import { type Cluster, ClusterError, type Log } from './types.js';

/** Opens the current context of the kubeconfig at `path` (several paths are separated by colons, as kubectl has it). */
export const openExternalCluster = async (options: {
  readonly dir: string;
  readonly path: string;
  readonly log: Log;
}): Promise<Cluster> => {
  if (options.path === '') throw new ClusterError('KUBECONFIG is not set');
  const config = new KubeConfig();
  try {
    options.path.split(':').forEach((path, index) => {
      if (index === 0) {
        config.loadFromFile(path);
        return;
      }
      const next = new KubeConfig();
      next.loadFromFile(path);
      config.mergeConfig(next);
    });
  } catch (error) {
    throw new ClusterError(`KUBECONFIG=${options.path} cannot be read`, { cause: error });
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new ClusterError(`KUBECONFIG=${options.path} has no current context with a cluster`);
  }
  const context = config.getCurrentContext();
  options.log(`using the cluster of KUBECONFIG, context ${context} at ${server}`);
  let version: string;
  try {
    version = (await config.makeApiClient(VersionApi).getCode()).gitVersion;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown reason';
    throw new ClusterError(`the cluster of KUBECONFIG at ${server} does not answer: ${why}`, {
      cause: error,
    });
  }
  // One file, whatever the original was merged from.
  const kubeconfigPath = join(options.dir, 'admin.kubeconfig');
  writeFileSync(kubeconfigPath, config.exportConfig(), { mode: 0o600 });
  const refuse = async (): Promise<void> => {
    throw new ClusterError(`the API server of KUBECONFIG (${server}) is not ours to stop`);
  };
  return {
    flavour: 'kubeconfig',
    kubeconfigPath,
    server,
    caPem: caPemOf(config),
    auditLogPath: undefined,
    kubeconfigFor: (account, lifetimeSeconds) =>
      accountKubeconfig(config, join(options.dir, 'accounts'), account, lifetimeSeconds),
    stopApiServer: refuse,
    startApiServer: refuse,
    stop: async () => undefined,
    describe: () => [`Kubernetes ${version} of KUBECONFIG, context ${context} at ${server}`],
  };
};
