import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
  type V1Pod,
} from '@kubernetes/client-node';
import { afterTests } from '../../after-tests.js';
import { readAuditLog } from '../../peers/cluster/audit.js';
import { startCluster } from '../../peers/cluster/start-cluster.js';
import type { Cluster } from '../../peers/cluster/types.js';
import { waitFor } from '../../peers/wait.js';

jest.setTimeout(120_000);
const WAIT = { timeoutMs: 60_000 };

const coreOf = (kubeconfigPath: string): CoreV1Api => {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath);
  return config.makeApiClient(CoreV1Api);
};

const gpuPod = (name: string, gpus: number): V1Pod => ({
  metadata: { name },
  spec: {
    containers: [
      { name: 'work', image: 'none', resources: { limits: { 'nvidia.com/gpu': String(gpus) } } },
    ],
  },
});

const codeOf = async (work: Promise<unknown>): Promise<number | undefined> => {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof ApiException) return error.code;
    throw error;
  }
};

describe('the local cluster', () => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-cluster-'));
  let cluster: Cluster;
  let core: CoreV1Api;

  const makeNamespace = async (name: string): Promise<void> => {
    await core.createNamespace({ body: { metadata: { name } } });
    await waitFor(
      'the service account',
      () => core.readNamespacedServiceAccount({ name: 'default', namespace: name }),
      WAIT,
    );
  };
  const nodeOf = (namespace: string, name: string): Promise<string> =>
    waitFor(
      `${name} to be scheduled`,
      async () => (await core.readNamespacedPod({ namespace, name })).spec?.nodeName,
      WAIT,
    );

  const atEnd = afterTests();
  beforeAll(async () => {
    atEnd(() => {
      rmSync(dir, { recursive: true, force: true });
    });
    cluster = await startCluster({ dir, flavour: 'local' });
    atEnd(() => cluster.stop());
    core = coreOf(cluster.kubeconfigPath);
  });

  it('offers the GPUs of its nodes file', async () => {
    const { items } = await core.listNode();
    const gpus = new Map(
      items.map((n) => [n.metadata?.name, n.status?.allocatable?.['nvidia.com/gpu']]),
    );
    expect([...gpus]).toEqual([
      ['cpu-0', undefined],
      ['h100-0', '8'],
      ['h100-1', '8'],
      ['h100-2', '8'],
      ['rtx4090-0', '4'],
      ['rtx4090-1', '4'],
    ]);
  });

  it('schedules eight GPUs on an H100 node and marks the pod Ready', async () => {
    await makeNamespace('eight');
    await core.createNamespacedPod({ namespace: 'eight', body: gpuPod('eight', 8) });
    expect(await nodeOf('eight', 'eight')).toMatch(/^h100-\d$/);
    await waitFor(
      'the pod to be Ready',
      async () => {
        const { status } = await core.readNamespacedPod({ namespace: 'eight', name: 'eight' });
        return status?.conditions?.find((c) => c.type === 'Ready' && c.status === 'True');
      },
      WAIT,
    );
  });

  it('refuses nine GPUs, and says that they are what is missing', async () => {
    await makeNamespace('nine');
    await core.createNamespacedPod({ namespace: 'nine', body: gpuPod('nine', 9) });
    const refusal = await waitFor(
      'the scheduler to refuse',
      async () => {
        const { status } = await core.readNamespacedPod({ namespace: 'nine', name: 'nine' });
        return status?.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False');
      },
      WAIT,
    );
    expect(refusal.reason).toBe('Unschedulable');
    expect(refusal.message).toContain('Insufficient nvidia.com/gpu');
  });

  it('deletes a namespace with everything in it', async () => {
    await makeNamespace('brief');
    await core.createNamespacedPod({ namespace: 'brief', body: gpuPod('one', 1) });
    await nodeOf('brief', 'one');
    await core.deleteNamespace({ name: 'brief' });
    await waitFor(
      'the namespace to be gone',
      async () =>
        (await codeOf(core.readNamespace({ name: 'brief' }))) === 404 ? true : undefined,
      WAIT,
    );
    expect(
      (await core.listPodForAllNamespaces()).items.map((p) => p.metadata?.namespace),
    ).not.toContain('brief');
  });

  it("holds a service account's token to its role, and records what it asked for", async () => {
    await makeNamespace('rights');
    await core.createNamespacedServiceAccount({
      namespace: 'rights',
      body: { metadata: { name: 'reader' } },
    });
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfigPath);
    const rbac = config.makeApiClient(RbacAuthorizationV1Api);
    await rbac.createNamespacedRole({
      namespace: 'rights',
      body: {
        metadata: { name: 'reader' },
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }],
      },
    });
    await rbac.createNamespacedRoleBinding({
      namespace: 'rights',
      body: {
        metadata: { name: 'reader' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'rights' }],
      },
    });
    const reader = coreOf(await cluster.kubeconfigFor('rights/reader'));
    await waitFor(
      'the role to count',
      () => reader.listNamespacedConfigMap({ namespace: 'rights' }),
      WAIT,
    );
    expect(await codeOf(reader.listNamespacedSecret({ namespace: 'rights' }))).toBe(403);
    expect(await codeOf(reader.listConfigMapForAllNamespaces())).toBe(403);
    const asked = readAuditLog(cluster.auditLogPath ?? '').filter(
      (r) => r.user === 'system:serviceaccount:rights:reader',
    );
    const at = { user: 'system:serviceaccount:rights:reader', verb: 'list', group: '', name: '' };
    expect(asked).toContainEqual({ ...at, resource: 'configmaps', namespace: 'rights', code: 200 });
    expect(asked).toContainEqual({ ...at, resource: 'secrets', namespace: 'rights', code: 403 });
  });

  it('names a service account that does not exist', async () => {
    await expect(cluster.kubeconfigFor('rights/nobody')).rejects.toThrow(
      'there is no service account rights/nobody',
    );
  });

  it('forgets nothing and schedules again after its API server died and came back', async () => {
    await makeNamespace('outage');
    await cluster.stopApiServer();
    await expect(core.readNamespace({ name: 'outage' })).rejects.toThrow();
    await cluster.startApiServer();
    core = coreOf(cluster.kubeconfigPath);
    await core.readNamespace({ name: 'outage' });
    await core.createNamespacedPod({ namespace: 'outage', body: gpuPod('after', 4) });
    expect(await nodeOf('outage', 'after')).toMatch(/^(h100|rtx4090)-\d$/);
  });

  it('leaves another cluster on the same machine alone', async () => {
    const other = await startCluster({ dir: join(dir, 'other'), flavour: 'local' });
    try {
      expect(other.server).not.toBe(cluster.server);
      const names = (await coreOf(other.kubeconfigPath).listNamespace()).items.map(
        (n) => n.metadata?.name,
      );
      expect(names).not.toContain('outage');
    } finally {
      await other.stop();
    }
    await core.readNamespace({ name: 'outage' });
  });
});
