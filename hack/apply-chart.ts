/** Puts the chart's CRDs and rights into a cluster, without its Deployments: what processes outside the cluster need. */
import {
  ApiextensionsV1Api,
  ApiException,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
} from '@kubernetes/client-node';
import { waitFor } from '../test/peers/wait.js';
import { renderChart, type RenderedObject, type RenderOptions } from './render-chart.js';

const FIELD_MANAGER = 'helm';
const WAIT = { timeoutMs: 30_000 };

/** A service account as `startCluster`'s `kubeconfigFor` takes it. */
export type AccountRef = `${string}/${string}`;

/** Who operator and gateway are in the cluster, and which namespace they share. */
export interface AppliedChart {
  readonly operator: AccountRef;
  readonly gateway: AccountRef;
  /** The operator's `namespace` setting: manifests, intents, the leader-election Lease. */
  readonly namespace: string;
  readonly objects: readonly RenderedObject[];
}

const accountOf = (objects: readonly RenderedObject[], component: string): AccountRef => {
  const account = objects.find(
    (o) =>
      o.kind === 'ServiceAccount' &&
      o.metadata.labels?.['app.kubernetes.io/component'] === component,
  );
  if (account === undefined)
    throw new Error(`the chart has no service account of the ${component}`);
  return `${account.metadata.namespace ?? ''}/${account.metadata.name}`;
};

const established = async (config: KubeConfig, name: string): Promise<true | undefined> => {
  const crd = await config.makeApiClient(ApiextensionsV1Api).readCustomResourceDefinition({ name });
  return (
    crd.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True') ||
    undefined
  );
};

const ensureNamespace = async (config: KubeConfig, name: string): Promise<void> => {
  try {
    await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name } } });
  } catch (error) {
    if (!(error instanceof ApiException && error.code === 409)) throw error;
  }
};

/** Applies objects in the order given, by server-side apply as Helm 4 does. */
export const applyObjects = async (
  config: KubeConfig,
  objects: readonly RenderedObject[],
): Promise<void> => {
  const api = KubernetesObjectApi.makeApiClient(config);
  for (const object of objects) {
    await api.patch(
      object,
      undefined,
      undefined,
      FIELD_MANAGER,
      true,
      PatchStrategy.ServerSideApply,
    );
  }
};

/** Makes the release namespace, applies CRDs, service accounts, roles and policies, and waits until the CRDs are served. */
export const applyChart = async (
  kubeconfigPath: string,
  options: Omit<RenderOptions, 'only'> = {},
): Promise<AppliedChart> => {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath);
  const namespace = options.namespace ?? 'berth-system';
  const [crds, rbac] = await Promise.all([
    renderChart({ ...options, only: 'crds' }),
    renderChart({ ...options, only: 'rbac' }),
  ]);
  await ensureNamespace(config, namespace);
  await applyObjects(config, [...crds, ...rbac]);
  await Promise.all(
    crds.map(({ metadata: { name } }) =>
      waitFor(`${name} to be served`, () => established(config, name), WAIT),
    ),
  );
  return {
    operator: accountOf(rbac, 'operator'),
    gateway: accountOf(rbac, 'gateway'),
    namespace,
    objects: [...crds, ...rbac],
  };
};
