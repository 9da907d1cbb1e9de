import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterTests } from '../../after-tests.js';
import { canPullK3s } from '../../peers/cluster/k3s.js';
import { startCluster } from '../../peers/cluster/start-cluster.js';
import type { Cluster } from '../../peers/cluster/types.js';

jest.setTimeout(120_000);

const namespacesOf = async (kubeconfigPath: string): Promise<readonly string[]> => {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath);
  const { items } = await config.makeApiClient(CoreV1Api).listNamespace();
  return items.map((n) => n.metadata?.name ?? '');
};

describe('the choice of a cluster', () => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-choice-'));
  let local: Cluster;
  const atEnd = afterTests();
  beforeAll(async () => {
    atEnd(() => {
      rmSync(dir, { recursive: true, force: true });
    });
    local = await startCluster({ dir: join(dir, 'local'), env: { BERTH_CLUSTER: 'local' } });
    atEnd(() => local.stop());
  });

  it('takes the cluster of KUBECONFIG, gives tokens for it, and neither stops it nor its API server', async () => {
    const lines: string[] = [];
    const cluster = await startCluster({
      dir: join(dir, 'external'),
      env: { KUBECONFIG: local.kubeconfigPath },
      log: (line) => lines.push(line),
    });
    expect(cluster).toMatchObject({
      flavour: 'kubeconfig',
      server: local.server,
      caPem: local.caPem,
    });
    expect(lines[0]).toContain(`context berth at ${local.server}`);
    const path = await cluster.kubeconfigFor('default/default');
    await expect(namespacesOf(path)).rejects.toMatchObject({ code: 403 });
    await expect(cluster.stopApiServer()).rejects.toThrow('not ours to stop');
    await cluster.stop();
    expect(await namespacesOf(cluster.kubeconfigPath)).toContain('kube-system');
  });

  it("keeps the administrator's credentials out of a service account's kubeconfig", async () => {
    const text = readFileSync(await local.kubeconfigFor('default/default'), 'utf8');
    expect(text).toContain('token: ');
    expect(text).not.toContain('client-certificate-data');
    expect(text).not.toContain('client-key-data');
  });

  it.each([
    [
      'a KUBECONFIG that is not there',
      { KUBECONFIG: '/nowhere/config' },
      'KUBECONFIG=/nowhere/config cannot be read',
    ],
    [
      'an unknown kind of cluster',
      { BERTH_CLUSTER: 'kind' },
      'BERTH_CLUSTER must be kubeconfig, k3s, local; got "kind"',
    ],
  ])('names %s', async (_name, env, wantMessage) => {
    await expect(startCluster({ dir: join(dir, 'none'), env })).rejects.toThrow(wantMessage);
  });

  it('names a server of KUBECONFIG that does not answer', async () => {
    const dead = join(dir, 'dead.kubeconfig');
    const text = readFileSync(local.kubeconfigPath, 'utf8');
    writeFileSync(dead, text.replace(local.server, 'https://127.0.0.1:9'));
    const start = startCluster({ dir: join(dir, 'none'), env: { KUBECONFIG: dead } });
    await expect(start).rejects.toThrow(
      'the cluster of KUBECONFIG at https://127.0.0.1:9 does not answer',
    );
  });

  it('answers within five seconds whether K3s can be had', async () => {
    const started = performance.now();
    expect(typeof (await canPullK3s())).toBe('boolean');
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('leaves nothing running when it is interrupted while starting', async () => {
    const stop = new AbortController();
    const start = startCluster({
      dir: join(dir, 'interrupted'),
      flavour: 'local',
      signal: stop.signal,
      log: (line) => {
        if (line === 'kube-apiserver') stop.abort(new Error('enough'));
      },
    });
    await expect(start).rejects.toThrow('enough');
    const config = new KubeConfig();
    config.loadFromFile(join(dir, 'interrupted', 'admin.kubeconfig'));
    await expect(config.makeApiClient(CoreV1Api).listNamespace()).rejects.toThrow();
  });

  it('names what the API server refuses of a nodes file', async () => {
    const broken = join(dir, 'broken.yaml');
    writeFileSync(
      broken,
      "nodes: [{ name: a, count: 1, cpu: '4', memory: 8Gi, ephemeralStorage: 10Gi, labels: { 'bad label': x } }]\n",
    );
    const start = startCluster({ dir: join(dir, 'broken'), flavour: 'local', nodesFile: broken });
    await expect(start).rejects.toThrow('bad label');
  });
});
