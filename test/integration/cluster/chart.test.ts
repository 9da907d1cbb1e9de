import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  ApiException,
  AuthorizationV1Api,
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
const PROVIDER = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
const OTHER = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const MARK = 'berth.dev/created-by';
const OPERATOR = 'system:serviceaccount:berth-system-operator:berth-operator';

/** A name as only the namespace of a lease has it. */
const leaseName = (letter: string): string => letter.repeat(45);

/** A lease's namespace as the operator makes it; a Go provider's has neither mark nor Pod Security. */
const leaseSpace = (name: string, provider = PROVIDER) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name,
    labels: {
      'akash.network': 'true',
      'akash.network/namespace': name,
      'akash.network/lease.id.provider': provider,
      'pod-security.kubernetes.io/enforce': 'baseline',
    },
    annotations: { [MARK]: OPERATOR } as Record<string, string>,
  },
});

interface Binding {
  readonly role: string;
  /** `namespace/name`, or the name of a group. */
  readonly account: string;
}

const binding = (place: string, { role, account }: Binding): object => {
  const [namespace, name] = account.split('/');
  const subject =
    name === undefined
      ? { kind: 'Group', name: account, apiGroup: 'rbac.authorization.k8s.io' }
      : { kind: 'ServiceAccount', name, namespace };
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { namespace: place, name: `${role}:${name ?? account}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [subject],
  };
};
const ITSELF: Binding = {
  role: 'berth-operator-tenant',
  account: 'berth-system-operator/berth-operator',
};
const GATEWAY: Binding = { role: 'berth-gateway-tenant', account: 'berth-system/berth-gateway' };

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

  const make = (config: KubeConfig, space: object): Promise<Refusal | 'allowed'> =>
    refusalOf(config.makeApiClient(CoreV1Api).createNamespace({ body: space }));
  /** Whether the account may do this there, as the API server says. */
  const may = async (
    config: KubeConfig,
    place: string,
    [verb, resource, group = '']: readonly [string, string, string?],
  ): Promise<boolean> => {
    const { status } = await config
      .makeApiClient(AuthorizationV1Api)
      .createSelfSubjectAccessReview({
        body: { spec: { resourceAttributes: { namespace: place, verb, group, resource } } },
      });
    return status?.allowed ?? false;
  };
  /** The operator lets itself and the gateway in, as it does first of all in a new namespace. */
  const letIn = async (place: string): Promise<void> => {
    for (const one of [ITSELF, GATEWAY])
      expect(await refusalOf(apply(operator, binding(place, one)))).toBe('allowed');
    await waitFor(
      'the rights to count',
      async () => (await may(operator, place, ['create', 'secrets'])) || undefined,
      WAIT,
    );
  };
  const forbidden = (words: string) => ({ code: 403, message: expect.stringContaining(words) });

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
          make(operator, namespace('probe', {})),
          refusalOf(apply(operator, binding('kube-public', ITSELF))),
          refusalOf(apply(gateway, secret(chart.namespace, 'probe', {}))),
          refusalOf(
            apply(operator, {
              apiVersion: 'v1',
              kind: 'Node',
              metadata: { name: 'cpu-0', labels: { probe: String((tried += 1)) } },
            }),
          ),
        ];
        return (
          (await Promise.all(tries)).every((t) => t !== 'allowed' && t.code === 403) || undefined
        );
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

  it('lets the operator make a namespace of a lease, let itself in, fill it and delete it', async () => {
    const name = leaseName('a');
    expect(await make(operator, leaseSpace(name))).toBe('allowed');
    expect(await refusalOf(apply(operator, secret(name, 'registry', {})))).toMatchObject(
      forbidden('cannot patch resource "secrets"'),
    );
    await letIn(name);
    expect(await refusalOf(apply(operator, secret(name, 'registry', {})))).toBe('allowed');
    expect(await refusalOf(apply(operator, leaseSpace(name)))).toBe('allowed');
    const core = operator.makeApiClient(CoreV1Api);
    expect(
      await refusalOf(core.deleteNamespacedSecret({ namespace: name, name: 'registry' })),
    ).toBe('allowed');
    expect(await refusalOf(core.deleteNamespace({ name }))).toBe('allowed');
  });

  it.each<[string, (space: ReturnType<typeof leaseSpace>) => object]>([
    ['that is called as no lease is', () => leaseSpace('kube-extra')],
    ['without the labels', ({ metadata }) => namespace(metadata.name, {})],
    ['without the mark', (s) => ({ ...s, metadata: { ...s.metadata, annotations: {} } })],
    [
      "with another's mark",
      (s) => ({ ...s, metadata: { ...s.metadata, annotations: { [MARK]: 'somebody' } } }),
    ],
    [
      'in which privileged pods may run',
      (s) => ({
        ...s,
        metadata: {
          ...s.metadata,
          labels: { ...s.metadata.labels, 'pod-security.kubernetes.io/enforce': 'privileged' },
        },
      }),
    ],
  ])('lets the operator make no namespace %s', async (_name, change) => {
    expect(await make(operator, change(leaseSpace(leaseName('b'))))).toMatchObject(
      forbidden('only namespaces of leases, marked as its own and under Pod Security baseline'),
    );
  });

  it('keeps mark and Pod Security on the namespaces that the operator made', async () => {
    const name = leaseName('c');
    await make(operator, leaseSpace(name));
    await letIn(name);
    const { metadata } = leaseSpace(name);
    const change = (labels: object, annotations: object): object => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { ...metadata.labels, ...labels }, annotations },
    });
    for (const changed of [
      change({ 'pod-security.kubernetes.io/enforce': 'privileged' }, metadata.annotations),
      change({}, { [MARK]: 'somebody' }),
    ])
      expect(await refusalOf(apply(operator, changed))).toMatchObject(
        forbidden('marked as its own'),
      );
  });

  it('keeps the operator out of every namespace that it did not make', async () => {
    const neighbour = leaseName('d'); // as a Go provider makes it
    const { metadata } = leaseSpace(neighbour, OTHER);
    await admin.createNamespace({
      body: { metadata: { name: neighbour, labels: metadata.labels } },
    });
    // Where the Go provider lives, with its key.
    await admin.createNamespace({
      body: {
        metadata: {
          name: 'akash-services',
          labels: { 'akash.network': 'true', 'akash.network/name': 'akash-services' },
        },
      },
    });
    for (const place of [neighbour, 'akash-services', 'kube-system', chart.namespace]) {
      expect(await refusalOf(apply(operator, binding(place, ITSELF)))).toMatchObject(
        forbidden('only in namespaces of leases that it made'),
      );
      expect(
        await refusalOf(apply(operator, { ...leaseSpace(neighbour), metadata: { name: place } })),
      ).toMatchObject(forbidden('cannot patch resource "namespaces"'));
      expect(
        await refusalOf(operator.makeApiClient(CoreV1Api).deleteNamespace({ name: place })),
      ).toMatchObject(forbidden('cannot delete resource "namespaces"'));
    }
    for (const place of [neighbour, 'akash-services', 'kube-system'])
      expect(await refusalOf(apply(operator, secret(place, 'planted', {})))).toMatchObject(
        forbidden('cannot patch resource "secrets"'),
      );
  });

  it('lets the operator bind nothing but its tenant roles, each to whom it is for', async () => {
    const place = leaseName('e');
    await make(operator, leaseSpace(place));
    await letIn(place);
    const words = "only Berth's tenant roles, each to whom it is for";
    const refused: readonly Binding[] = [
      { ...ITSELF, account: GATEWAY.account },
      { ...ITSELF, account: 'system:authenticated' },
      { ...GATEWAY, account: ITSELF.account },
      { role: 'berth-tenant-logs', account: 'kube-system/default' },
      { role: 'berth-tenant-events', account: 'system:authenticated' },
    ];
    for (const one of refused)
      expect(await refusalOf(apply(operator, binding(place, one)))).toMatchObject(forbidden(words));
    for (const role of ['cluster-admin', 'edit', 'berth-operator'])
      expect(await refusalOf(apply(operator, binding(place, { ...ITSELF, role })))).toMatchObject({
        code: 403,
      });
    for (const role of ['berth-tenant-logs', 'berth-tenant-events'])
      expect(
        await refusalOf(apply(operator, binding(place, { role, account: `${place}/web` }))),
      ).toBe('allowed');
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { namespace: place, name: 'x' },
      rules: [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }],
    };
    expect(await refusalOf(apply(operator, role))).toMatchObject({ code: 403 });
  });

  it('lets the operator read no Secret, log or shell of a lease, and no Secret anywhere but its own', async () => {
    const place = leaseName('f');
    await make(operator, leaseSpace(place));
    await letIn(place);
    const wanted: readonly (readonly [string, string])[] = [
      ...(['get', 'list', 'watch'] as const).map((verb) => [verb, 'secrets'] as const),
      ['get', 'pods/log'],
      ['create', 'pods/exec'],
      ['create', 'pods'],
      ['get', 'configmaps'],
      ['create', 'serviceaccounts/token'],
    ];
    for (const [verb, resource] of wanted)
      expect([verb, resource, await may(operator, place, [verb, resource])]).toEqual([
        verb,
        resource,
        false,
      ]);
    const core = operator.makeApiClient(CoreV1Api);
    expect(await refusalOf(core.listSecretForAllNamespaces())).toMatchObject({ code: 403 });
    for (const namespace of ['kube-system', place, chart.operator.split('/')[0] ?? ''])
      expect(await refusalOf(core.listNamespacedSecret({ namespace }))).toMatchObject({
        code: 403,
      });
    expect(await refusalOf(core.listNamespacedSecret({ namespace: chart.namespace }))).toBe(
      'allowed',
    );
  });

  it('lets nobody mark a namespace as the operator’s who may not bind its role', async () => {
    await admin.createNamespace({ body: { metadata: { name: 'janitors' } } });
    await admin.createNamespacedServiceAccount({
      namespace: 'janitors',
      body: { metadata: { name: 'janitor' } },
    });
    const janitorRole = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'janitor' },
      rules: [{ apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'create', 'patch'] }],
    };
    const janitorBinding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'janitor' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'janitor' },
      subjects: [{ kind: 'ServiceAccount', name: 'janitor', namespace: 'janitors' }],
    };
    const root = load(cluster.kubeconfigPath);
    for (const object of [janitorRole, janitorBinding]) await apply(root, object);
    const janitor = load(await cluster.kubeconfigFor('janitors/janitor'));
    const words = `annotation ${MARK} may be changed only by who may bind`;
    expect(await make(janitor, leaseSpace(leaseName('g')))).toMatchObject(forbidden(words));
    expect(await make(janitor, namespace('broom', {}))).toBe('allowed');
    const marked = {
      ...namespace('broom', {}),
      metadata: { name: 'broom', annotations: { [MARK]: OPERATOR } },
    };
    expect(await refusalOf(apply(janitor, marked))).toMatchObject(forbidden(words));
    expect(await refusalOf(apply(root, marked))).toBe('allowed');
  });

  it('lets the operator into a namespace of before once an administrator has marked it', async () => {
    const name = leaseName('h');
    const { labels } = leaseSpace(name).metadata;
    await admin.createNamespace({ body: { metadata: { name, labels } } });
    expect(await refusalOf(apply(operator, binding(name, ITSELF)))).toMatchObject({ code: 403 });
    // The command that reason NamespaceNotOurs tells.
    await kubectl(cluster.kubeconfigPath, ['annotate', 'namespace', name, `${MARK}=${OPERATOR}`]);
    // The API server looks the namespace up in its cache, which follows.
    await waitFor(
      'the mark to count',
      async () =>
        (await refusalOf(apply(operator, binding(name, ITSELF)))) === 'allowed' || undefined,
      WAIT,
    );
    await letIn(name);
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

  it('lets the gateway into namespaces of leases alone, for what it shows, and to no Secret', async () => {
    const place = leaseName('i');
    await make(operator, leaseSpace(place));
    const shown: readonly (readonly [string, string, string?])[] = [
      ['list', 'pods'],
      ['get', 'pods/log'],
      ['watch', 'events', 'events.k8s.io'],
      ['list', 'deployments', 'apps'],
    ];
    for (const what of shown) expect(await may(gateway, place, what)).toBe(false);
    await letIn(place);
    for (const what of shown) {
      expect([what, await may(gateway, place, what)]).toEqual([what, true]);
      expect([what, await may(gateway, 'kube-system', what)]).toEqual([what, false]);
    }
    for (const verb of ['get', 'list', 'watch', 'create', 'patch'])
      expect(await may(gateway, place, [verb, 'secrets'])).toBe(false);
    expect(
      await refusalOf(gateway.makeApiClient(CoreV1Api).listPodForAllNamespaces()),
    ).toMatchObject({ code: 403 });
  });

  it('is applied again without a conflict', async () => {
    expect((await applyChart(cluster.kubeconfigPath)).objects.length).toBe(chart.objects.length);
  });

  it('with rbac.adoptLeasesOf, lets the operator take over leases of that provider and of no other', async () => {
    const [own, others] = [leaseName('j'), leaseName('k')];
    for (const [name, provider] of [
      [own, PROVIDER],
      [others, OTHER],
    ] as const) {
      const { labels } = leaseSpace(name, provider).metadata;
      const { 'pod-security.kubernetes.io/enforce': _, ...goProviders } = labels;
      await admin.createNamespace({ body: { metadata: { name, labels: goProviders } } });
    }
    await applyChart(cluster.kubeconfigPath, { values: { rbac: { adoptLeasesOf: PROVIDER } } });
    await waitFor(
      'the changed policies to count',
      async () =>
        (await refusalOf(apply(operator, binding(own, ITSELF)))) === 'allowed' || undefined,
      WAIT,
    );
    await letIn(own);
    // From here on it is marked, and stays the operator's without the setting.
    expect(await refusalOf(apply(operator, leaseSpace(own)))).toBe('allowed');
    const { metadata } = await admin.readNamespace({ name: own });
    expect(metadata?.annotations?.[MARK]).toBe(OPERATOR);
    for (const place of [others, 'kube-system'])
      expect(await refusalOf(apply(operator, binding(place, ITSELF)))).toMatchObject(
        forbidden('only in namespaces of leases that it made'),
      );
  });
});
