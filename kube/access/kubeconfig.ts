/** Access by a kubeconfig file: tokens, token files, client certificates, basic credentials, exec plugins. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock } from '../clock.js';
import { type ClusterAccess, type Credentials, KubeAccessError, requireHttps } from './access.js';
import { cachedFile } from './cached-file.js';
import { execCredentials, type RunPlugin } from './exec-plugin.js';
import {
  type KubeconfigContext,
  type KubeconfigUser,
  parseKubeconfig,
} from './kubeconfig-schema.js';

export interface KubeconfigOptions {
  readonly path: string;
  /** Default: the file's current context. */
  readonly context?: string | undefined;
  readonly clock: Pick<Clock, 'monotonic' | 'now'>;
  /** Environment of exec plugins. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Replaces the starting of an exec plugin. */
  readonly runPlugin?: RunPlugin;
}

type ReadPem = () => Promise<string | undefined>;

const UNSUPPORTED = ['auth-provider', 'as-groups', 'as-uid', 'as-user-extra'] as const;

/** Inline data wins over a file, as in kubectl. */
const pem = (
  data: string | undefined,
  file: string | undefined,
  base: string,
  clock: Pick<Clock, 'monotonic'>,
): ReadPem => {
  if (data !== undefined) {
    const text = Buffer.from(data, 'base64').toString('utf8');
    return () => Promise.resolve(text);
  }
  if (file === undefined) return () => Promise.resolve(undefined);
  const cached = cachedFile(resolve(base, file), clock);
  return () => cached.read();
};

const authorization = (
  user: KubeconfigUser,
  base: string,
  clock: Pick<Clock, 'monotonic'>,
): ReadPem => {
  if (user.tokenFile !== undefined) {
    const cached = cachedFile(resolve(base, user.tokenFile), clock);
    return async () => `Bearer ${(await cached.read()).trim()}`;
  }
  const text =
    user.token !== undefined
      ? `Bearer ${user.token}`
      : user.username !== undefined
        ? `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`
        : undefined;
  return () => Promise.resolve(text);
};

const checkSupported = (user: KubeconfigUser): void => {
  for (const field of UNSUPPORTED) {
    if (user[field] !== undefined && user[field] !== null) {
      throw new KubeAccessError(
        `kubeconfig user ${field}`,
        'is not supported; use an exec plugin or a token',
      );
    }
  }
};

const accessOf = (
  { cluster, user, namespace }: KubeconfigContext,
  options: KubeconfigOptions,
): ClusterAccess => {
  checkSupported(user);
  const base = dirname(resolve(options.path));
  const { clock } = options;
  const ca = pem(
    cluster['certificate-authority-data'],
    cluster['certificate-authority'],
    base,
    clock,
  );
  const cert = pem(user['client-certificate-data'], user['client-certificate'], base, clock);
  const key = pem(user['client-key-data'], user['client-key'], base, clock);
  const bearer = authorization(user, base, clock);
  const plugin =
    user.exec === undefined ? undefined : execCredentials(user.exec, { ...options, base });

  const credentials = async (): Promise<Credentials> => {
    const fromPlugin = await plugin?.get();
    const header = fromPlugin?.token === undefined ? await bearer() : `Bearer ${fromPlugin.token}`;
    return {
      tls: {
        ca: await ca(),
        cert: fromPlugin?.cert ?? (await cert()),
        key: fromPlugin?.key ?? (await key()),
        serverName: cluster['tls-server-name'],
        insecureSkipVerify: cluster['insecure-skip-tls-verify'],
      },
      headers: {
        ...(header === undefined ? {} : { authorization: header }),
        ...(user.as === undefined ? {} : { 'impersonate-user': user.as }),
      },
    };
  };
  return {
    server: requireHttps(cluster.server, 'kubeconfig cluster server'),
    proxyUrl: cluster['proxy-url'],
    namespace,
    credentials,
    refused: () => plugin?.forget(),
  };
};

/** @throws KubeAccessError naming the field at fault */
export const kubeconfigAccess = async (options: KubeconfigOptions): Promise<ClusterAccess> => {
  const text = await readFile(options.path, 'utf8').catch((cause: unknown) => {
    throw new KubeAccessError('kubeconfig', `${options.path} cannot be read`, { cause });
  });
  return accessOf(parseKubeconfig(text, options.context), options);
};
