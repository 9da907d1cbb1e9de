import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parseAllDocuments, stringify } from 'yaml';
import {
  CHART_DIR,
  ChartError,
  helm,
  renderChart,
  type RenderedObject,
} from '../../../hack/render-chart.js';
import { parseConfig as parseGatewayConfig } from '../../../gateway/config.js';
import { parseConfig as parseSignerConfig } from '../../../signer/config.js';
import { parseConfig as parseOperatorConfig } from '../../../operator/config.js';

jest.setTimeout(60_000);
const PROVIDER = 'akash13xj0mcl935mrfnq7quxawqhaqp9p4ry3y952wj';
const GOLDEN = join(import.meta.dirname, 'rendered.yaml');
const CRDS = join(import.meta.dirname, '../../../crds/generated');

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const named = (objects: readonly RenderedObject[], kind: string, name: string): RenderedObject => {
  const found = objects.find((o) => o.kind === kind && o.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};
const rulesOf = (objects: readonly RenderedObject[], match: string): readonly Rule[] =>
  objects
    .filter((o) => /Role$/.test(o.kind) && o.metadata.name.includes(match))
    .flatMap((o) => o['rules'] as readonly Rule[]);
/** The screening token is another each time. */
const withoutToken = (object: RenderedObject): RenderedObject =>
  object.kind === 'Secret' ? { ...object, data: { token: '(random)' } } : object;
const without = (config: object, keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));
const podSpecs = (objects: readonly RenderedObject[]): readonly Record<string, unknown>[] =>
  objects
    .filter((o) => o.kind === 'Deployment')
    .map((o) => (o['spec'] as { template: { spec: Record<string, unknown> } }).template.spec);

describe('charts/berth', () => {
  let objects: readonly RenderedObject[] = [];
  beforeAll(async () => {
    objects = await renderChart();
  });

  it('renders what was reviewed; UPDATE_GOLDEN=1 writes it anew', () => {
    const own = objects.filter((o) => o.kind !== 'CustomResourceDefinition').map(withoutToken);
    const text = own.map((o) => stringify(o, { lineWidth: 0 })).join('---\n');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, text);
    const reviewed = parseAllDocuments(readFileSync(GOLDEN, 'utf8')).map(
      (d) => d.toJS() as unknown,
    );
    expect(own).toEqual(reviewed);
  });

  it('passes helm lint', async () => {
    expect(await helm(['lint', '--strict', CHART_DIR])).toContain('0 chart(s) failed');
  });

  it('holds exactly the generated CRDs, kept at uninstall', async () => {
    const crds = await renderChart({ only: 'crds' });
    expect(crds).toHaveLength(4);
    for (const crd of crds) {
      const [plural = '', group = ''] = crd.metadata.name.split(/\.(.*)/s);
      const file = readFileSync(join(CRDS, `${group}_${plural}.yaml`), 'utf8');
      const source = parseAllDocuments(file)[0]?.toJS() as RenderedObject;
      const { annotations, ...metadata } = crd.metadata;
      expect(annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
      expect({ ...crd, metadata }).toEqual(source);
    }
    expect(await renderChart({ only: 'crds', values: { crds: { enabled: false } } })).toEqual([]);
  });

  it('gives no right by wildcard, no escalation, and cluster-admin to nobody', () => {
    const rules = rulesOf(objects, 'berth');
    expect(rules.length).toBeGreaterThan(10);
    for (const rule of rules) {
      const all = [...rule.apiGroups, ...rule.resources, ...rule.verbs];
      expect(
        all.filter((word) => /[*]|^(escalate|bind|impersonate|deletecollection)$/.test(word)),
      ).toEqual([]);
    }
    const refs = objects.filter((o) => o.kind.endsWith('RoleBinding')).map((o) => o['roleRef']);
    expect(refs).not.toContainEqual(expect.objectContaining({ name: 'cluster-admin' }));
  });

  it('lets the gateway change nothing but Secrets of the release namespace', () => {
    const writing = rulesOf(objects, 'gateway').filter((rule) =>
      rule.verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)),
    );
    expect(writing).toEqual([
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create', 'patch'] },
    ]);
    expect(
      rulesOf([named(objects, 'ClusterRole', 'berth-gateway')], 'gateway').flatMap(
        (r) => r.resources,
      ),
    ).not.toContain('secrets');
  });

  it('keeps the chain key where the gateway has no rights', () => {
    const operator = named(objects, 'Deployment', 'berth-operator');
    const gateway = named(objects, 'Deployment', 'berth-gateway');
    expect(operator.metadata.namespace).toBe('berth-system-operator');
    expect(gateway.metadata.namespace).toBe('berth-system');
    expect(JSON.stringify(gateway)).not.toContain('berth-key');
    const places = objects
      .filter((o) => /^Role(Binding)?$/.test(o.kind) && o.metadata.name === 'berth-gateway')
      .map((o) => o.metadata.namespace);
    expect(places).toEqual(['berth-system', 'berth-system']);
  });

  it('never lets anybody list Secrets of all namespaces', () => {
    const cluster = objects.filter((o) => o.kind === 'ClusterRole');
    const verbs = rulesOf(cluster, 'berth')
      .filter((rule) => rule.resources.includes('secrets'))
      .flatMap((rule) => rule.verbs);
    expect(verbs).toEqual(['create', 'patch', 'delete']);
  });

  it('runs under the restricted Pod Security Standard with a read-only root', () => {
    const specs = podSpecs(objects);
    expect(specs).toHaveLength(2);
    for (const spec of specs) {
      expect(spec['securityContext']).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const container of spec['containers'] as readonly Record<string, unknown>[]) {
        expect(container['securityContext']).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });

  it.each(['chainId', 'provider', 'hostUri'])(
    'says what is missing when the signer is enabled without %s',
    async (key) => {
      const all = { chainId: 'c', provider: PROVIDER, hostUri: 'https://p.example.com:8443' };
      const policy = Object.fromEntries(Object.entries(all).filter(([name]) => name !== key));
      await expect(renderChart({ values: { signer: { enabled: true, policy } } })).rejects.toThrow(
        `signer.policy.${key}: give `,
      );
    },
  );

  it('with the signer enabled, the key is where neither operator nor gateway has a right', async () => {
    const policy = { chainId: 'c', provider: PROVIDER, hostUri: 'https://p.example.com:8443' };
    const custom = await renderChart({ values: { signer: { enabled: true, policy } } });
    const operator = named(custom, 'Deployment', 'berth-operator');
    expect(JSON.stringify(operator)).not.toContain('berth-key');
    expect(JSON.stringify(named(custom, 'Deployment', 'berth-signer'))).toContain('berth-key');
    const there = custom.filter((o) => o.metadata.namespace === 'berth-system-signer');
    const bindings = there.filter((o) => o.kind === 'RoleBinding').map((o) => o.metadata.name);
    expect(bindings).toEqual(['berth-signer']);
    const data = named(custom, 'ConfigMap', 'berth-signer')['data'] as Record<string, string>;
    expect(parseSignerConfig(data['signer.yaml'] ?? '', 'chart')).toMatchObject({
      counters: 'berth-signer-counters',
      caller: { user: 'system:serviceaccount:berth-system-operator:berth-operator' },
      policy,
    });
    const own = named(custom, 'ConfigMap', 'berth-operator')['data'] as Record<string, string>;
    expect(parseOperatorConfig(own['operator.yaml'] ?? '', 'chart').signer?.url).toBe(
      'https://berth-signer.berth-system-signer:8446',
    );
    expect(rulesOf(custom, 'signer')).toEqual([
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      expect.objectContaining({ resources: ['configmaps'], verbs: ['get', 'update'] }),
      { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
      expect.objectContaining({ resources: ['leases'], verbs: ['get'] }),
    ]);
  });

  it('knows every setting of the operator, and hands it on unchanged', async () => {
    const managed = ['namespace', 'keyFile', 'certificateSecret', 'http', 'screening'];
    const defaults = without(parseOperatorConfig('keyFile: x', 'defaults'), managed);
    const custom = await renderChart({
      values: { operator: { config: { ...defaults, clusterCidrs: ['10.42.0.0/16'] } } },
    });
    const data = named(custom, 'ConfigMap', 'berth-operator')['data'] as Record<string, string>;
    expect(parseOperatorConfig(data['operator.yaml'] ?? '', 'chart')).toEqual({
      ...defaults,
      namespace: 'berth-system',
      keyFile: '/etc/berth/key/key',
      certificateSecret: 'berth-gateway-certificate',
      http: { host: '0.0.0.0', port: 9090 },
      screening: { host: '0.0.0.0', port: 9091, tokenFile: '/etc/berth/screening/token' },
      clusterCidrs: ['10.42.0.0/16'],
    });
  });

  it('knows every setting of the gateway, and hands it on unchanged', async () => {
    const managed = [
      ...['namespace', 'computeProvider', 'certificateSecret'],
      ...['listen', 'grpc', 'screening', 'http', 'tls'],
    ];
    const defaults = without(parseGatewayConfig('', 'defaults'), managed);
    const custom = await renderChart({
      values: { gateway: { config: defaults, publicCertificateSecret: 'wildcard' } },
    });
    const data = named(custom, 'ConfigMap', 'berth-gateway')['data'] as Record<string, string>;
    expect(parseGatewayConfig(data['gateway.yaml'] ?? '', 'chart')).toMatchObject({
      ...defaults,
      namespace: 'berth-system',
      computeProvider: 'provider',
      certificateSecret: 'berth-gateway-certificate',
      listen: { port: 8443 },
      grpc: { port: 8444 },
      screening: {
        url: 'http://berth-operator-screening.berth-system-operator:9091',
        tokenFile: '/etc/berth/screening/token',
      },
      http: { port: 9091 },
      tls: { public: { certFile: '/etc/berth/public/tls.crt' } },
    });
    expect(JSON.stringify(named(custom, 'Deployment', 'berth-gateway'))).toContain(
      '"secretName":"wildcard"',
    );
  });

  it.each([
    ['a misspelt key', { operator: { replica: 2 } }, "at '/operator'"],
    [
      'a log level that is none',
      { gateway: { config: { logLevel: 'loud' } } },
      "at '/gateway/config/logLevel'",
    ],
    [
      'a gas price without a denomination',
      { operator: { config: { gasPrice: '1' } } },
      "at '/operator/config/gasPrice'",
    ],
    [
      'both kinds of monitor',
      { metrics: { podMonitor: { enabled: true }, serviceMonitor: { enabled: true } } },
      'choose one',
    ],
  ])('refuses %s and says where', async (_name, values, wantMessage) => {
    const render = renderChart({ values });
    await expect(render).rejects.toThrow(ChartError);
    await expect(render).rejects.toThrow(wantMessage);
  });

  it.each([
    ['PodMonitor', 'podMonitor'],
    ['ServiceMonitor', 'serviceMonitor'],
  ])('makes a %s when asked', async (kind, key) => {
    const rendered = await renderChart({ values: { metrics: { [key]: { enabled: true } } } });
    const monitor = named(rendered, kind, 'berth');
    expect(JSON.stringify(monitor['spec'])).toContain('"berth-system-operator","berth-system"');
  });
});
