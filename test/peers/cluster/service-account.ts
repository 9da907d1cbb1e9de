/** Kubeconfigs that carry nothing but a service account's token, as a pod of that service account would hold. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ApiException, CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import { writeKubeconfig } from './kubeconfig.js';
import { ClusterError, type ServiceAccountRef } from './types.js';

const DAY_SECONDS = 86_400;

const split = (
  account: ServiceAccountRef,
): { readonly namespace: string; readonly name: string } => {
  const [namespace = '', name = '', ...rest] = account.split('/');
  if (namespace === '' || name === '' || rest.length > 0) {
    throw new ClusterError(`service account must read namespace/name, got "${account}"`);
  }
  return { namespace, name };
};

/** The authority that a kubeconfig's current cluster trusts, in PEM; empty when it names none. */
export const caPemOf = (config: KubeConfig): string => {
  const data = config.getCurrentCluster()?.caData;
  return data === undefined ? '' : Buffer.from(data, 'base64').toString('utf8');
};

/**
 * Asks the API server for a token of `account` and writes `dir/<namespace>.<name>.kubeconfig` with it.
 * @throws ClusterError when there is no such service account
 */
export const accountKubeconfig = async (
  admin: KubeConfig,
  dir: string,
  account: ServiceAccountRef,
  lifetimeSeconds = DAY_SECONDS,
): Promise<string> => {
  const { namespace, name } = split(account);
  let token: string;
  try {
    const body = { spec: { audiences: [], expirationSeconds: lifetimeSeconds } };
    const request = await admin
      .makeApiClient(CoreV1Api)
      .createNamespacedServiceAccountToken({ namespace, name, body });
    token = request.status?.token ?? '';
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) {
      throw new ClusterError(`there is no service account ${account}`, { cause: error });
    }
    throw error;
  }
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return writeKubeconfig(join(dir, `${namespace}.${name}.kubeconfig`), {
    server: admin.getCurrentCluster()?.server ?? '',
    caPem: caPemOf(admin),
    user: account,
    credentials: { kind: 'token', token },
    namespace,
  });
};
