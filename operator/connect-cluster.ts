/** The API server behind its port, by kubeconfig or by the pod's service account. */
import type { KubeApi } from '../kube/api.js';
import { inClusterAccess, isInCluster } from '../kube/access/in-cluster.js';
import { kubeconfigAccess } from '../kube/access/kubeconfig.js';
import { HttpKubeApi } from '../kube/http-api.js';
import { HttpsTransport } from '../kube/https-transport.js';
import type { Clock } from './clock.js';
import { ConfigError } from './config.js';

export interface ClusterConnection {
  readonly api: KubeApi;
  close(): void;
}

/** @throws ConfigError when neither a kubeconfig nor a pod's service account is there; KubeAccessError when one is broken */
export const connectCluster = async (
  kubeconfig: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<ClusterConnection> => {
  if (kubeconfig === undefined && !isInCluster(env)) {
    throw new ConfigError('kubeconfig: set it in the configuration file, or run inside a cluster');
  }
  const access =
    kubeconfig === undefined
      ? await inClusterAccess({ env, clock })
      : await kubeconfigAccess({ path: kubeconfig, clock, env });
  const transport = new HttpsTransport(access);
  return { api: new HttpKubeApi(transport), close: () => transport.close() };
};
