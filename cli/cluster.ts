/** Access to a provider's cluster, for the commands of those who run one. */
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isKubeAccessError } from '../kube/access/access.js';
import { inClusterAccess, isInCluster } from '../kube/access/in-cluster.js';
import { kubeconfigAccess } from '../kube/access/kubeconfig.js';
import type { KubeApi } from '../kube/api.js';
import { isKubeError, KubeUnavailableError } from '../kube/errors.js';
import { HttpKubeApi } from '../kube/http-api.js';
import { HttpsTransport } from '../kube/https-transport.js';
import type { KubeTransport } from '../kube/transport.js';
import { misused, refused } from './failure.js';

type Env = Readonly<Record<string, string | undefined>>;

export interface ClusterConnection {
  readonly api: KubeApi;
  /** Unix milliseconds by the API server's clock, to the second. @throws KubeError */
  serverTime(): Promise<number>;
  close(): void;
}

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** The option, else the first file of KUBECONFIG, else `~/.kube/config`; in a pod its service account when none is named. */
const accessOf = async (kubeconfig: string | undefined, env: Env) => {
  const named = kubeconfig ?? (env['KUBECONFIG'] ?? '').split(delimiter).find((f) => f !== '');
  if (named === undefined && isInCluster(env)) return inClusterAccess({ env, clock });
  return kubeconfigAccess({ path: named ?? join(homedir(), '.kube', 'config'), clock, env });
};

const VERSION = { verb: 'get', resource: 'version' };

/** Every answer bears the server's time. */
const readServerTime = async (transport: KubeTransport): Promise<number> => {
  const answer = await transport.send({
    ...{ method: 'GET', path: '/version', target: VERSION, idleTimeoutMs: 10_000 },
  });
  for await (const _ of answer.body);
  const time = Date.parse(answer.date ?? '');
  if (!Number.isNaN(time)) return time;
  const details = { target: VERSION, status: answer.status, reason: '' };
  throw new KubeUnavailableError('the answer bears no time', details);
};

/** @throws CliFailure `KubeconfigInvalid` */
export const connectCluster = async (
  kubeconfig: string | undefined,
  env: Env,
): Promise<ClusterConnection> => {
  try {
    const transport = new HttpsTransport(await accessOf(kubeconfig, env));
    return {
      api: new HttpKubeApi(transport),
      serverTime: () => readServerTime(transport),
      close: () => {
        transport.close();
      },
    };
  } catch (error) {
    if (!isKubeAccessError(error)) throw error;
    throw misused('KubeconfigInvalid', error.message, {
      field: 'kubeconfig',
      next: 'Give the file with --kubeconfig FILE, or set KUBECONFIG.',
      cause: error,
    });
  }
};

/** Runs `work`; what the API server refuses is told as such. @throws CliFailure `ClusterRefused` */
export const onCluster = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!isKubeError(error)) throw error;
    throw refused('ClusterRefused', error.message, {
      next: 'Is Berth installed there, and does this user have the right to read it?',
      cause: error,
    });
  }
};
