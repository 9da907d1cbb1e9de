import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  ApiextensionsV1Api,
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
} from '@kubernetes/client-node';
import { CHART_DIR, helm } from '../../../hack/render-chart.js';
import { afterTests } from '../../after-tests.js';
import { startCluster } from '../../peers/cluster/start-cluster.js';
import type { Cluster } from '../../peers/cluster/types.js';

jest.setTimeout(120_000);

describe('helm on a real API server', () => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-helm-'));
  let cluster: Cluster;
  let config: KubeConfig;
  const run = (...args: string[]): Promise<string> =>
    helm([...args, '--namespace', 'berth-system', '--kubeconfig', cluster.kubeconfigPath]);

  const atEnd = afterTests();
  beforeAll(async () => {
    atEnd(() => {
      rmSync(dir, { recursive: true, force: true });
    });
    cluster = await startCluster({ dir, flavour: 'local' });
    atEnd(() => cluster.stop());
    config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfigPath);
  });

  it('installs the chart and waits until its Deployments are available', async () => {
    // kwok plays the nodes: this shows that the objects are accepted and scheduled, not that the program runs.
    const notes = await run(
      'install',
      'berth',
      CHART_DIR,
      '--create-namespace',
      '--wait',
      '--timeout',
      '60s',
    );
    expect(notes).toContain('kubectl create secret generic berth-key');
    expect(notes).toContain('--namespace berth-system-operator');
    const apps = config.makeApiClient(AppsV1Api);
    const { items } = await apps.listDeploymentForAllNamespaces();
    expect(items.map((d) => [d.metadata?.name, d.status?.availableReplicas])).toEqual([
      ['berth-operator', 2],
      ['berth-gateway', 2],
    ]);
  });

  it('upgrades it in place, with other values, without a conflict', async () => {
    await run(
      'upgrade',
      'berth',
      CHART_DIR,
      '--set',
      'gateway.replicas=3',
      '--wait',
      '--timeout',
      '60s',
    );
    const gateway = await config
      .makeApiClient(AppsV1Api)
      .readNamespacedDeployment({ namespace: 'berth-system', name: 'berth-gateway' });
    expect(gateway.status?.availableReplicas).toBe(3);
  });

  it('uninstalls it and leaves the CRDs and the namespace of the chain key', async () => {
    await run('uninstall', 'berth', '--wait');
    const crds = await config.makeApiClient(ApiextensionsV1Api).listCustomResourceDefinition();
    expect(crds.items.map((c) => c.metadata?.name)).toEqual([
      'bids.berth.dev',
      'computeleases.berth.dev',
      'computeproviders.berth.dev',
      'pricingpolicies.berth.dev',
    ]);
    await config.makeApiClient(CoreV1Api).readNamespace({ name: 'berth-system-operator' });
    const roles = await config.makeApiClient(RbacAuthorizationV1Api).listClusterRole();
    expect(roles.items.filter((r) => r.metadata?.name?.startsWith('berth') === true)).toEqual([]);
  });
});
