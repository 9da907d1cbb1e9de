/** Access of a pod by its service account. Source: the Kubernetes documentation, "Accessing the API from a Pod". */
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../clock.js';
import { type ClusterAccess, KubeAccessError, requireHttps } from './access.js';
import { cachedFile } from './cached-file.js';

export interface InClusterOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Default `/var/run/secrets/kubernetes.io/serviceaccount`. */
  readonly folder?: string;
}

/** Whether the environment is that of a pod. */
export const isInCluster = (env: Readonly<Record<string, string | undefined>>): boolean =>
  (env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';

/** @throws KubeAccessError outside a pod, or when the service account's files are missing */
export const inClusterAccess = async (options: InClusterOptions): Promise<ClusterAccess> => {
  const { env, clock } = options;
  const folder = options.folder ?? '/var/run/secrets/kubernetes.io/serviceaccount';
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  if (host === '') {
    throw new KubeAccessError('KUBERNETES_SERVICE_HOST', 'is not set: this is no pod');
  }
  const namespace = await readFile(join(folder, 'namespace'), 'utf8').catch((cause: unknown) => {
    throw new KubeAccessError(
      'namespace',
      `the service account's file cannot be read in ${folder}`,
      { cause },
    );
  });
  // The kubelet rewrites both as they rotate.
  const ca = cachedFile(join(folder, 'ca.crt'), clock);
  const token = cachedFile(join(folder, 'token'), clock);
  return {
    server: requireHttps(
      `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      'KUBERNETES_SERVICE_HOST',
    ),
    namespace: namespace.trim(),
    credentials: async () => ({
      tls: { ca: await ca.read() },
      headers: { authorization: `Bearer ${(await token.read()).trim()}` },
    }),
    refused: () => {
      token.forget();
      ca.forget();
    },
  };
};
