/** The parts of a kubeconfig that Berth understands. Source: client.authentication.k8s.io and kubeconfig v1 reference. */
import { parse } from 'yaml';
import { z } from 'zod';
import { KubeAccessError } from './access.js';

const cluster = z.object({
  server: z.string(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': z.string().optional(),
  'proxy-url': z.string().optional(),
});

const exec = z.object({
  apiVersion: z.string(),
  command: z.string(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: z.string().optional(),
  provideClusterInfo: z.boolean().optional(),
});

const user = z.object({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
  exec: exec.optional(),
  'auth-provider': z.unknown().optional(),
  as: z.string().optional(),
  'as-groups': z.unknown().optional(),
  'as-uid': z.unknown().optional(),
  'as-user-extra': z.unknown().optional(),
});

const context = z.object({
  cluster: z.string(),
  user: z.string(),
  namespace: z.string().optional(),
});

const file = z.object({
  clusters: z.array(z.object({ name: z.string(), cluster })).nullish(),
  users: z.array(z.object({ name: z.string(), user: user.nullish() })).nullish(),
  contexts: z.array(z.object({ name: z.string(), context })).nullish(),
  'current-context': z.string().optional(),
});

export type KubeconfigCluster = z.infer<typeof cluster>;
export type KubeconfigUser = z.infer<typeof user>;
export type ExecPlugin = z.infer<typeof exec>;

/** One context with the cluster and the user it names. */
export interface KubeconfigContext {
  readonly cluster: KubeconfigCluster;
  readonly user: KubeconfigUser;
  readonly namespace: string;
}

const load = (text: string): z.infer<typeof file> => {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (cause) {
    throw new KubeAccessError('kubeconfig', 'is no YAML', { cause });
  }
  const result = file.safeParse(raw);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new KubeAccessError(
    `kubeconfig ${issue?.path.join('.') ?? ''}`,
    issue?.message ?? 'is invalid',
  );
};

const find = <T extends { readonly name: string }>(
  list: readonly T[] | null | undefined,
  name: string,
  field: string,
): T => {
  const found = list?.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const known = (list ?? []).map((entry) => entry.name).join(', ');
  throw new KubeAccessError(
    `kubeconfig ${field}`,
    `there is no "${name}"; there are: ${known === '' ? 'none' : known}`,
  );
};

/** Picks a context (default: the current one). @throws KubeAccessError naming the field at fault */
export const parseKubeconfig = (text: string, contextName?: string): KubeconfigContext => {
  const config = load(text);
  const wanted = contextName ?? config['current-context'] ?? '';
  const { context: chosen } = find(config.contexts, wanted, 'contexts');
  return {
    cluster: find(config.clusters, chosen.cluster, 'clusters').cluster,
    user: find(config.users, chosen.user, 'users').user ?? {},
    namespace: chosen.namespace ?? 'default',
  };
};
