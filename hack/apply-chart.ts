/** Puts the chart's CRDs and rights into a cluster, without its Deployments: what processes outside the cluster need. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { toolsDir } from '../test/peers/tools.js';
import { isPart, renderChart, type RenderedObject, type RenderOptions } from './render-chart.js';

/** A service account as `startCluster`'s `kubeconfigFor` takes it. */
export type AccountRef = `${string}/${string}`;

/** Who operator and gateway are in the cluster, and which namespace they share. */
export interface AppliedChart {
  readonly operator: AccountRef;
  readonly gateway: AccountRef;
  /** Only where the values enable it. */
  readonly signer: AccountRef | undefined;
  /** The operator's `namespace` setting: manifests, intents, the leader-election Lease. */
  readonly namespace: string;
  readonly objects: readonly RenderedObject[];
}

/** kubectl refused; the message is its own. */
export class KubectlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KubectlError';
  }
}

/** Runs kubectl and resolves with what it printed. @throws KubectlError with what it wrote to standard error */
export const kubectl = async (
  kubeconfigPath: string,
  args: readonly string[],
  input = '',
): Promise<string> => {
  const dir = await toolsDir(['kubernetes'], ['kubectl']);
  return new Promise((resolve, reject) => {
    const child = spawn(join(dir, 'kubectl'), ['--kubeconfig', kubeconfigPath, ...args]);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new KubectlError(Buffer.concat(err).toString().trim()));
    });
    child.stdin.end(input);
  });
};

/**
 * Applies objects by server-side apply, as Helm 4 does. Through kubectl and not the client library, whose serialiser drops
 * every `default` and `enum` of a CustomResourceDefinition's schema. @throws KubectlError
 */
export const applyObjects = (kubeconfigPath: string, objects: readonly object[]): Promise<string> =>
  kubectl(
    kubeconfigPath,
    ['apply', '--server-side', '--force-conflicts', '--field-manager=helm', '-f', '-'],
    // One document each: a List would be validated by kubectl, which does not know about defaults.
    objects.map((object) => JSON.stringify(object)).join('\n---\n'),
  );

const findAccount = (
  objects: readonly RenderedObject[],
  component: string,
): AccountRef | undefined => {
  const account = objects.find(
    (o) =>
      o.kind === 'ServiceAccount' &&
      o.metadata.labels?.['app.kubernetes.io/component'] === component,
  );
  return account && `${account.metadata.namespace ?? ''}/${account.metadata.name}`;
};

const accountOf = (objects: readonly RenderedObject[], component: string): AccountRef => {
  const account = findAccount(objects, component);
  if (account === undefined)
    throw new Error(`the chart has no service account of the ${component}`);
  return account;
};

/** Makes the release namespace, applies CRDs, service accounts, roles and policies, and waits until the CRDs are served. */
export const applyChart = async (
  kubeconfigPath: string,
  options: Omit<RenderOptions, 'only'> = {},
): Promise<AppliedChart> => {
  const namespace = options.namespace ?? 'berth-system';
  const rendered = await renderChart(options);
  const crds = rendered.filter((object) => isPart(object, 'crds'));
  const rbac = rendered.filter((object) => isPart(object, 'rbac'));
  const release = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await applyObjects(kubeconfigPath, [release, ...crds, ...rbac]);
  await kubectl(kubeconfigPath, [
    ...['wait', '--for=condition=Established', '--timeout=30s'],
    ...crds.map((crd) => `crd/${crd.metadata.name}`),
  ]);
  // Established comes a moment before the storage answers; kubectl tries again while it does not.
  await kubectl(kubeconfigPath, ['get', crds.map((crd) => crd.metadata.name).join(',')]);
  return {
    operator: accountOf(rbac, 'operator'),
    gateway: accountOf(rbac, 'gateway'),
    signer: findAccount(rbac, 'signer'),
    namespace,
    objects: [...crds, ...rbac],
  };
};
