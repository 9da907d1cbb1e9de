import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
} from '@kubernetes/client-node';
import { type AppliedChart, applyChart, kubectl } from '../../../hack/apply-chart.js';
import { afterTests } from '../../after-tests.js';
import { startCluster } from '../../peers/cluster/start-cluster.js';
import type { Cluster } from '../../peers/cluster/types.js';
import { waitFor } from '../../peers/wait.js';

jest.setTimeout(120_000);
const WAIT = { timeoutMs: 60_000 };
const LEASE = { 'akash.network': 'true' };

interface Refusal {
  readonly code: number;
  readonly message: string;
}

const refusalOf = async (work: Promise<unknown>): Promise<Refusal | 'allowed'> => {
  try {
    await work;
    return 'allowed';
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const body = JSON.parse(error.body as string) as { readonly message: string };
    return { code: error.code, message: body.message };
  }
};

describe("the chart's rights on a real API server", () => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-chart-'));
  let cluster: Cluster;
  let chart: AppliedChart;
  let admin: CoreV1Api;
  let operator: KubeConfig;
  let gateway: KubeConfig;

  const load = (path: string): KubeConfig => {
    const config = new KubeConfig();
    config.loadFromFile(path);
    return config;
  };
  const apply = (config: KubeConfig, object: object): Promise<unknown> =>
    KubernetesObjectApi.makeApiClient(config).patch(
      object,
      undefined,
      undefined,
      'berth',
      true,
      PatchStrategy.ServerSideApply,
    );
  const namespace = (name: string, labels: object): object => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels },
  });
  const secret = (place: string, name: string, labels: object): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: place, name, labels },
    stringData: { a: 'b' },
  });

  const atEnd = afterTests();
  beforeAll(async () => {
    atEnd(() => {
      rmSync(dir, { recursive: true, force: true });
    });
    cluster = await startCluster({ dir, flavour: 'local' });
    atEnd(() => cluster.stop());
    chart = await applyChart(cluster.kubeconfigPath);
    admin = load(cluster.kubeconfigPath).makeApiClient(CoreV1Api);
    operator = load(await cluster.kubeconfigFor(chart.operator));
    gateway = load(await cluster.kubeconfigFor(chart.gateway));
    // Policies count from the moment the API server has compiled them, a little after they are stored.
    let tried = 0;
    await waitFor(
      'the admission policies to count',
      async () => {
        const tries = [
          refusalOf(apply(operator, namespace('probe', {}))),
          refusalOf(apply(operator, secret('kube-public', 'probe', {}))),
          refusalOf(apply(gateway, secret(chart.namespace, 'probe', {}))),
          refusalOf(
            apply(operator, {
              apiVersion: 'v1',
              kind: 'Node',
              metadata: { name: 'cpu-0', labels: { probe: String((tried += 1)) } },
            }),
          ),
        ];
        return (await Promise.all(tries)).every((t) => t !== 'allowed') || undefined;
      },
      WAIT,
    );
  });

  it('names the two service accounts in namespaces of their own', () => {
    expect(chart).toMatchObject({
      operator: 'berth-system-operator/berth-operator',
      gateway: 'berth-system/berth-gateway',
      namespace: 'berth-system',
    });
  });

  it('stores the schemas of our kinds as they were generated', async () => {
    for (const crd of chart.objects.filter((o) => o.kind === 'CustomResourceDefinition')) {
      const text = await kubectl(cluster.kubeconfigPath, [
        'get',
        'crd',
        crd.metadata.name,
        '-o',
        'json',
      ]);
      const stored = JSON.parse(text) as {
        readonly spec: { readonly versions: readonly object[] };
      };
      const wanted = (crd['spec'] as typeof stored.spec).versions;
      expect(stored.spec.versions).toMatchObject(wanted);
    }
  });

  it('lets the operator make, fill and delete a namespace of a lease', async () => {
    expect(await refusalOf(apply(operator, namespace('lease-a', LEASE)))).toBe('allowed');
    expect(await refusalOf(apply(operator, secret('lease-a', 'registry', {})))).toBe('allowed');
    const core = operator.makeApiClient(CoreV1Api);
    expect(
      await refusalOf(core.deleteNamespacedSecret({ namespace: 'lease-a', name: 'registry' })),
    ).toBe('allowed');
    expect(await refusalOf(core.deleteNamespace({ name: 'lease-a' }))).toBe('allowed');
  });

  it('lets the operator give a tenant what it has itself, and no more', async () => {
    await apply(operator, namespace('lease-b', LEASE));
    const role = (place: string, resource: string): object => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { namespace: place, name: resource.replace('/', '-') },
      rules: [{ apiGroups: [''], resources: [resource], verbs: ['get'] }],
    });
    expect(await refusalOf(apply(operator, role('lease-b', 'pods/log')))).toBe('allowed');
    expect(await refusalOf(apply(operator, role('lease-b', 'events')))).toBe('allowed');
    expect(await refusalOf(apply(operator, role('lease-b', 'secrets')))).toMatchObject({
      code: 403,
      message: expect.stringContaining('attempting to grant RBAC permissions not currently held'),
    });
    expect(await refusalOf(apply(operator, role('kube-public', 'pods/log')))).toMatchObject({
      code: 403,
      message: expect.stringContaining('labelled akash.network=true'),
    });
  });

  it('keeps the operator from namespaces that are no lease', async () => {
    const labelled = 'labelled akash.network=true';
    await admin.createNamespace({ body: { metadata: { name: 'neighbour' } } });
    const refusals = await Promise.all([
      refusalOf(apply(operator, namespace('other', {}))),
      refusalOf(apply(operator, namespace('neighbour', LEASE))), // cannot be made one, either
      refusalOf(operator.makeApiClient(CoreV1Api).deleteNamespace({ name: 'neighbour' })),
      refusalOf(apply(operator, secret('neighbour', 'planted', {}))),
    ]);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ code: 403, message: expect.stringContaining(labelled) });
    }
  });

  it('keeps the operator from reading Secrets outside its own namespaces', async () => {
    const core = operator.makeApiClient(CoreV1Api);
    expect(await refusalOf(core.listSecretForAllNamespaces())).toMatchObject({ code: 403 });
    expect(
      await refusalOf(core.readNamespacedSecret({ namespace: 'kube-system', name: 'x' })),
    ).toMatchObject({ code: 403 });
    expect(await refusalOf(core.listNamespacedSecret({ namespace: chart.namespace }))).toBe(
      'allowed',
    );
  });

  it('lets the operator change the akash.network labels of a node, and nothing else of it', async () => {
    const node = (metadata: object, rest: object = {}): object => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'h100-0', ...metadata },
      ...rest,
    });
    const label = 'akash.network/capabilities.gpu.vendor.nvidia.model.h100';
    expect(await refusalOf(apply(operator, node({ labels: { [label]: '8' } })))).toBe('allowed');
    const refusals = await Promise.all([
      refusalOf(apply(operator, node({ labels: { [label]: '8', team: 'x' } }))),
      refusalOf(apply(operator, node({ annotations: { note: 'x' } }))),
      refusalOf(apply(operator, node({}, { spec: { unschedulable: true } }))),
    ]);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        code: 403,
        message: expect.stringContaining('labels of a node'),
      });
    }
    const { metadata } = await admin.readNode({ name: 'h100-0' });
    expect(metadata?.labels?.[label]).toBe('8');
  });

  it('lets the gateway write and read manifests, and no other Secret', async () => {
    const manifest = secret(chart.namespace, 'a-manifest', { 'berth.dev/manifest': 'true' });
    expect(await refusalOf(apply(gateway, manifest))).toBe('allowed');
    const core = gateway.makeApiClient(CoreV1Api);
    const { namespace: place } = chart;
    expect(
      await refusalOf(core.readNamespacedSecret({ namespace: place, name: 'a-manifest' })),
    ).toBe('allowed');

    await admin.createNamespacedSecret({
      namespace: place,
      body: { metadata: { name: 'certificate' }, stringData: { key: 'precious' } },
    });
    const stolen = secret(place, 'certificate', { 'berth.dev/manifest': 'true' });
    expect(await refusalOf(apply(gateway, stolen))).toMatchObject({
      code: 403,
      message: expect.stringContaining('only Secrets labelled berth.dev/manifest=true'),
    });
    expect(await refusalOf(core.listNamespacedSecret({ namespace: place }))).toMatchObject({
      code: 403,
    });
  });

  it("keeps the gateway from the operator's namespace, where the chain key lies", async () => {
    const [place = ''] = chart.operator.split('/');
    const core = gateway.makeApiClient(CoreV1Api);
    expect(
      await refusalOf(core.readNamespacedSecret({ namespace: place, name: 'berth-key' })),
    ).toMatchObject({ code: 403 });
    expect(
      await refusalOf(apply(gateway, secret(place, 'x', { 'berth.dev/manifest': 'true' }))),
    ).toMatchObject({ code: 403 });
  });

  it('is applied again without a conflict', async () => {
    expect((await applyChart(cluster.kubeconfigPath)).objects.length).toBe(chart.objects.length);
  });
});
