/** The API server behind its port, by kubeconfig or by the pod's service account. */
import { z } from 'zod';
import type { KubeApi } from '../../kube/api.js';
import { inClusterAccess, isInCluster } from '../../kube/access/in-cluster.js';
import { kubeconfigAccess } from '../../kube/access/kubeconfig.js';
import { readText } from '../../kube/body.js';
import { HttpKubeApi } from '../../kube/http-api.js';
import { HttpPodStreams } from '../../kube/pod-streams.js';
import type { PodStreams } from '../../kube/pod-streams.js';
import { HttpsTransport } from '../../kube/https-transport.js';
import type { KubeTransport } from '../../kube/transport.js';
import { ConfigError } from '../config.js';
import type { ClusterVersion } from '../ports.js';
import { UpstreamUnavailableError } from '../problem.js';

type Env = Readonly<Record<string, string | undefined>>;

export interface ClusterConnection {
  readonly api: KubeApi;
  readonly pods: PodStreams;
  version(): Promise<ClusterVersion>;
  close(): void;
}

export interface ClusterOptions {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly timeoutMs: number;
  readonly env: Env;
  readonly clock: { now(): number; monotonic(): number };
}

const versionSchema = z
  .record(z.string(), z.unknown())
  .transform((fields) =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([key, value]) =>
        typeof value === 'string' ? [[key, value] as const] : [],
      ),
    ),
  );

const readVersion = async (
  transport: KubeTransport,
  timeoutMs: number,
): Promise<ClusterVersion> => {
  const response = await transport.send({
    method: 'GET',
    path: '/version',
    target: { verb: 'get', resource: 'version' },
    idleTimeoutMs: timeoutMs,
  });
  const text = await readText(response.body);
  if (response.status !== 200) {
    throw new UpstreamUnavailableError('cluster', { cause: new Error(`HTTP ${response.status}`) });
  }
  return versionSchema.parse(JSON.parse(text));
};

/** @throws ConfigError when neither a kubeconfig nor a pod's service account is there; KubeAccessError when one is broken */
export const connectCluster = async (options: ClusterOptions): Promise<ClusterConnection> => {
  const { kubeconfig, context, env, clock, timeoutMs } = options;
  if (kubeconfig === undefined && !isInCluster(env)) {
    throw new ConfigError('kubeconfig: set it in the configuration file, or run inside a cluster', [
      'kubeconfig',
    ]);
  }
  const access =
    kubeconfig === undefined
      ? await inClusterAccess({ env, clock })
      : await kubeconfigAccess({ path: kubeconfig, context, clock, env });
  const transport = new HttpsTransport(access);
  return {
    api: new HttpKubeApi(transport, { requestTimeoutMs: timeoutMs }),
    pods: new HttpPodStreams(transport),
    version: () => readVersion(transport, timeoutMs),
    close: () => {
      transport.close();
    },
  };
};
