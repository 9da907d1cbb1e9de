import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arbitrarySdl } from '../test/golden/manifests/arbitrary-sdl.js';
import { fromSdl } from '../test/golden/manifests/from-sdl.js';
import { someLease, someSettings } from '../test/golden/manifests/settings.js';
import { buildLease } from './build-lease.js';
import { buildNamespace } from './build-namespace.js';
import { MANAGED, MANIFEST_HASH, MANIFEST_SERVICE, NAMESPACE, PART } from './labels.js';
import type { LeaseWorkload } from './lease-workload.js';
import { type ManifestGroup, type ManifestService, parseManifest } from './manifest.js';
import { leaseNamespace } from './names.js';
import type { KubernetesObject } from './synth.js';
import { validateManifest } from './validate.js';

const val = (text: string): { val: string } => ({ val: text });

const aService = (change: Partial<ManifestService> = {}): ManifestService => ({
  name: 'web',
  image: 'nginx',
  command: null,
  args: null,
  env: null,
  count: 1,
  expose: null,
  credentials: null,
  resources: {
    id: 1,
    cpu: { units: val('1000') },
    memory: { size: val('1073741824') },
    gpu: { units: val('0') },
    storage: [{ name: 'default', size: val('1073741824') }],
    endpoints: [],
  },
  ...change,
});

const withGpu = (key: string, units = '1'): ManifestService => {
  const service = aService();
  const gpu = { units: val(units), attributes: [{ key, value: 'true' }] };
  return { ...service, resources: { ...service.resources, gpu } };
};

const anExpose = (change: object = {}): NonNullable<ManifestService['expose']>[number] => ({
  port: 80,
  externalPort: 0,
  proto: 'TCP',
  service: '',
  global: true,
  hosts: null,
  httpOptions: { maxBodySize: 0, readTimeout: 0, sendTimeout: 0, nextTries: 0, nextTimeout: 0 },
  ip: '',
  endpointSequenceNumber: 0,
  ...change,
});

const built = (
  services: readonly ManifestService[],
  change: Partial<LeaseWorkload> = {},
): readonly KubernetesObject[] =>
  buildLease({
    leaseId: someLease,
    group: { name: 'dc', services } satisfies ManifestGroup,
    manifestHash: 'abc',
    settings: someSettings,
    placement: {},
    ...change,
  });

const namesOf = (objects: readonly KubernetesObject[]): string[] =>
  objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

/** What the tests look at of a workload. */
interface Workload {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: Record<string, unknown> & { containers: [Record<string, unknown>] };
    };
  };
}

const podOf = (objects: readonly KubernetesObject[]): Workload['spec']['template']['spec'] => {
  const workload = objects.find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  if (workload === undefined) throw new Error('no workload');
  return (workload as unknown as Workload).spec.template.spec;
};

const everyValue = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null
    ? [value, ...Object.values(value).flatMap(everyValue)]
    : [value];

describe('building any lease', () => {
  it('gives plain, complete, uniquely named objects that bear the labels', () => {
    fc.assert(
      fc.property(arbitrarySdl, (input) => {
        const { manifest, groups } = fromSdl(input);
        for (const group of manifest.manifest) {
          const spec = groups.find(({ name }) => name === group.name);
          if (spec === undefined) throw new Error('no spec');
          const settings = someSettings;
          const first = buildNamespace({ leaseId: someLease, group: spec, settings });
          const second = built(group.services ?? []);
          const objects = [...first, ...second];

          expect(JSON.parse(JSON.stringify(objects))).toEqual(objects);
          expect(everyValue(objects)).not.toContain(undefined);
          expect(new Set(namesOf(objects)).size).toBe(objects.length);
          for (const object of objects) {
            expect(Object.keys(object)).not.toContain('status');
            expect(Object.keys(object.metadata)).not.toContain('creationTimestamp');
            expect(object.metadata.labels).toMatchObject({
              [MANAGED]: 'true',
              [NAMESPACE]: leaseNamespace(someLease),
              [PART]: second.includes(object) ? 'workload' : 'namespace',
            });
          }
          for (const { metadata } of second) {
            expect(metadata.namespace).toBe(leaseNamespace(someLease));
            expect(metadata.annotations?.[MANIFEST_HASH]).toBe('abc');
            expect(metadata.labels[MANIFEST_SERVICE]).toBeDefined();
          }
          const workloads = second.filter(({ kind }) => /^(Deployment|StatefulSet)$/.test(kind));
          expect(workloads.map(({ metadata }) => metadata.name)).toEqual(
            (group.services ?? []).map(({ name }) => name),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('says the same for the same input, and of a removed service says nothing', () => {
    const two = [aService({ name: 'a' }), aService({ name: 'b' })];
    expect(built(two)).toEqual(built(two));
    expect(namesOf(built(two))).toEqual(['Deployment/a', 'Deployment/b']);
    expect(namesOf(built(two.slice(1)))).toEqual(['Deployment/b']);
    expect(
      namesOf(
        buildLease({
          leaseId: someLease,
          group: { name: 'dc', services: null },
          manifestHash: '',
          settings: someSettings,
          placement: {},
        }),
      ),
    ).toEqual([]);
  });
});

describe('isolation of pods', () => {
  it('drops every power that ordinary images do not need', () => {
    const pod = podOf(built([aService()]));
    expect(pod['automountServiceAccountToken']).toBe(false);
    expect(pod['securityContext']).toEqual({
      runAsNonRoot: false,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const security = pod.containers[0]['securityContext'] as { capabilities: { add: string[] } };
    expect(security).toMatchObject({
      privileged: false,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    for (const power of ['NET_RAW', 'MKNOD', 'SYS_ADMIN', 'NET_ADMIN', 'SYS_PTRACE'])
      expect(security.capabilities.add).not.toContain(power);
    expect(Object.keys(pod)).not.toEqual(expect.arrayContaining(['hostNetwork']));
  });

  it('mounts a token only where the tenant asked to read of its own deployment', () => {
    const read = (permissions: string[]): ManifestService =>
      aService({ params: { storage: null, permissions: { read: permissions } } });
    const objects = built([read(['logs', 'events', 'deployment'])]);
    expect(podOf(objects)['automountServiceAccountToken']).toBe(true);
    expect(podOf(objects)['serviceAccountName']).toBe('web');
    const role = objects.find(({ kind }) => kind === 'Role');
    const verbs = everyValue(role?.['rules']).filter((v) => typeof v === 'string');
    expect(verbs).toEqual(expect.arrayContaining(['pods/log', 'events']));
    for (const word of ['*', 'create', 'update', 'patch', 'delete', 'secrets'])
      expect(verbs).not.toContain(word);
    expect(namesOf(objects)).toContain('NetworkPolicy/akash-apiserver-web');
    expect(podOf(built([read([])]))['automountServiceAccountToken']).toBe(false);
  });

  it('opens the API server by single addresses, IPv6 too, and not at all when it is unknown', () => {
    const reader = aService({ params: { storage: null, permissions: { read: ['logs'] } } });
    const policy = (
      apiServerEndpoints: LeaseWorkload['settings']['apiServerEndpoints'],
    ): unknown[] =>
      built([reader], { settings: { ...someSettings, apiServerEndpoints } })
        .filter(({ kind }) => kind === 'NetworkPolicy')
        .flatMap(({ spec }) => everyValue(spec));
    expect(policy([{ ip: '192.0.2.1', port: 6443 }])).toContain('192.0.2.1/32');
    expect(policy([{ ip: '2001:db8::1', port: 6443 }])).toContain('2001:db8::1/128');
    expect(policy([])).toEqual([]);
  });
});

describe('resources', () => {
  const resourcesOf = (service: ManifestService, change: Partial<LeaseWorkload> = {}): unknown =>
    podOf(built([service], change)).containers[0]['resources'];

  it('are requested as bought, unless the provider commits less', () => {
    expect(resourcesOf(aService())).toEqual({
      limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' },
      requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' },
    });
    const settings = { ...someSettings, commitLevels: { cpu: 1.5, memory: 2, storage: 4 } };
    expect(resourcesOf(aService(), { settings })).toEqual({
      limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' },
      requests: { cpu: '667m', memory: '512Mi', 'ephemeral-storage': '256Mi' },
    });
  });

  it('count a volume in memory as memory, whatever the commit level', () => {
    const service = aService();
    const shm = {
      name: 'shm',
      size: val('1073741824'),
      attributes: [
        { key: 'class', value: 'ram' },
        { key: 'persistent', value: 'false' },
      ],
    };
    const withShm = { ...service, resources: { ...service.resources, storage: [shm] } };
    const settings = { ...someSettings, commitLevels: { cpu: 1, memory: 2, storage: 1 } };
    expect(resourcesOf(withShm, { settings })).toMatchObject({
      limits: { memory: '2Gi', 'ephemeral-storage': '512Mi' },
      requests: { memory: '1536Mi', 'ephemeral-storage': '0' },
    });
    // Not mounted, it is not made.
    expect(podOf(built([withShm]))['volumes']).toBeUndefined();
  });

  it('never share a GPU', () => {
    const settings = { ...someSettings, commitLevels: { cpu: 9, memory: 9, storage: 9 } };
    expect(resourcesOf(withGpu('vendor/nvidia/model/h100', '8'), { settings })).toMatchObject({
      limits: { 'nvidia.com/gpu': '8' },
      requests: { 'nvidia.com/gpu': '8' },
    });
    expect(resourcesOf(withGpu('vendor/amd/model/mi300x'))).toMatchObject({
      limits: { 'amd.com/gpu': '1' },
    });
  });

  it('a MIG slice is asked for by the resource that was reserved', () => {
    const resource = 'nvidia.com/mig-1g.10gb';
    const service = withGpu('vendor/nvidia/model/h100-mig-1g10gb');
    const placement = { web: { nodes: ['n1'], gpuResource: resource } };
    const [container] = podOf(built([service], { placement }))[
      'containers'
    ] as unknown as readonly {
      readonly resources: { readonly limits: Readonly<Record<string, string>> };
    }[];
    expect(container?.resources.limits[resource]).toBe('1');
    expect(container?.resources.limits['nvidia.com/gpu']).toBeUndefined();
  });
});

describe('where pods go', () => {
  const h100 = { vendor: 'nvidia', model: 'h100', ram: '80Gi', interface: 'sxm' };
  const requiredOf = (service: ManifestService, change: Partial<LeaseWorkload> = {}): string[] => {
    const affinity = podOf(built([service], change))['affinity'];
    return everyValue(affinity).flatMap((value) =>
      typeof value === 'object' && value !== null && 'key' in value && 'operator' in value
        ? [`${String(value.key)} ${String(value.operator)}`]
        : [],
    );
  };
  const model = 'akash.network/capabilities.gpu.vendor.nvidia.model.h100';

  it.each<[string, string, boolean, string[]]>([
    ['the model that was sold, for any', 'vendor/nvidia/model/*', true, [`${model} Gt`]],
    [
      'its memory, when asked for',
      'vendor/nvidia/model/h100/ram/80Gi',
      true,
      [`${model} Gt`, `${model}.ram.80Gi Gt`],
    ],
    [
      'its memory and interface, when asked for',
      'vendor/nvidia/model/h100/ram/80Gi/interface/sxm',
      true,
      [`${model} Gt`, `${model}.ram.80Gi Gt`, `${model}.interface.sxm Gt`],
    ],
    [
      'the model that was ordered, without a placement',
      'vendor/nvidia/model/h100/ram/80Gi',
      false,
      [`${model} Gt`, `${model}.ram.80Gi Gt`],
    ],
    ['any GPU, for any, without a placement', 'vendor/nvidia/model/*', false, []],
  ])('need %s', (_name, key, isPlaced, want) => {
    const placement = isPlaced ? { web: { nodes: ['n1', 'n2', 'n1'], gpu: h100 } } : {};
    const found = requiredOf(withGpu(key), { placement });
    // The same of each reserved node, and of one that is opened later.
    const terms = isPlaced ? 3 : 1;
    expect(found.filter((text) => text.includes('gpu'))).toEqual(
      Array.from({ length: terms }, () => want).flat(),
    );
    expect(found.filter((text) => text === 'metadata.name In')).toHaveLength(isPlaced ? 2 : 0);
    expect(found.filter((text) => text === 'akash.network In')).toHaveLength(terms);
  });

  it('have to go where they were reserved, or where the operator opens a node for the lease', () => {
    const pod = podOf(built([aService()], { placement: { web: { nodes: ['n1', 'n2'] } } }));
    const opened = `akash.network/lease-${leaseNamespace(someLease)}`;
    expect(pod['affinity']).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            ...['n1', 'n2'].map((name) => ({
              matchExpressions: [{ key: 'akash.network', operator: 'In', values: ['true'] }],
              matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }],
            })),
            {
              matchExpressions: [
                { key: 'akash.network', operator: 'In', values: ['true'] },
                { key: opened, operator: 'Exists' },
              ],
            },
          ],
        },
      },
    });
  });

  it('need nothing of a GPU node without a GPU', () => {
    const pod = podOf(built([aService()]));
    expect(pod['tolerations']).toBeUndefined();
    expect(pod['runtimeClassName']).toBeUndefined();
  });

  it('tolerate the taint of GPU nodes and use their runtime class only where there is one', () => {
    const service = withGpu('vendor/nvidia/model/h100');
    const pod = podOf(built([service]));
    expect(pod['tolerations']).toEqual([
      { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
    ]);
    expect(pod['runtimeClassName']).toBe('nvidia');
    const settings = { ...someSettings, gpuRuntimeClassName: undefined };
    expect(podOf(built([service], { settings }))['runtimeClassName']).toBeUndefined();
    const amd = podOf(built([withGpu('vendor/amd/model/mi300x')]));
    expect(amd['runtimeClassName']).toBeUndefined();
    expect(amd['tolerations']).toEqual([
      { key: 'amd.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
    ]);
  });
});

describe('images', () => {
  const credentials = { host: 'r.example', email: '', username: ' robot ', password: 'pw\n' };

  it('are pulled with the tenant’s credentials, trimmed, wherever it put them', () => {
    for (const service of [
      aService({ credentials }),
      aService({ params: { storage: null, credentials } }),
    ]) {
      const objects = built([service]);
      expect(podOf(objects)['imagePullSecrets']).toEqual([{ name: 'docker-creds-web' }]);
      const secret = objects.find(({ kind }) => kind === 'Secret') as unknown as {
        data: Record<string, string>;
      };
      const config = Buffer.from(secret.data['.dockerconfigjson'] ?? '', 'base64').toString();
      expect(JSON.parse(config)).toEqual({
        auths: { 'r.example': { username: 'robot', password: 'pw', auth: 'cm9ib3Q6cHc=' } },
      });
    }
  });

  it('are pulled with the provider’s secret otherwise, and by its policy', () => {
    const settings = {
      ...someSettings,
      imagePullSecretName: 'mirror',
      imagePullPolicy: 'Always' as const,
    };
    const pod = podOf(built([aService()], { settings }));
    expect(pod['imagePullSecrets']).toEqual([{ name: 'mirror' }]);
    expect(pod.containers[0]['imagePullPolicy']).toBe('Always');
    const own = podOf(built([aService({ credentials })], { settings }));
    expect(own['imagePullSecrets']).toEqual([{ name: 'docker-creds-web' }]);
  });
});

describe('containers', () => {
  it('get the tenant’s variables, the last of a name, and ours that it did not set', () => {
    const env = ['A=1', 'BARE', 'A=2=3', 'AKASH_OWNER=me'];
    const pod = podOf(built([aService({ env, command: ['run'], args: ['fast'] })]));
    const found = pod.containers[0]['env'] as { name: string; value: string }[];
    expect(Object.fromEntries(found.map(({ name, value }) => [name, value]))).toEqual({
      A: '2=3',
      BARE: '',
      AKASH_OWNER: 'me',
      AKASH_GROUP_SEQUENCE: '1',
      AKASH_DEPLOYMENT_SEQUENCE: '1234',
      AKASH_ORDER_SEQUENCE: '1',
      AKASH_PROVIDER: someLease.provider,
      AKASH_CLUSTER_PUBLIC_HOSTNAME: 'provider.example',
    });
    expect(new Set(found.map(({ name }) => name)).size).toBe(found.length);
    expect(pod.containers[0]).toMatchObject({ command: ['run'], args: ['fast'] });
  });
});

describe('reaching a service', () => {
  const portsOf = (objects: readonly KubernetesObject[], name: string): unknown =>
    (
      objects.find((o) => o.kind === 'Service' && o.metadata.name === name)?.['spec'] as
        { ports: unknown } | undefined
    )?.ports;

  it('keeps TCP and UDP of one port, and a repeated port once', () => {
    const expose = [
      anExpose({ port: 53 }),
      anExpose({ port: 53, proto: 'UDP' }),
      anExpose({ port: 53, proto: 'UDP' }),
    ];
    const objects = built([aService({ expose })]);
    expect(portsOf(objects, 'web-np')).toEqual([
      { name: '0-53', port: 53, protocol: 'TCP', targetPort: 53 },
      { name: '1-53', port: 53, protocol: 'UDP', targetPort: 53 },
    ]);
    expect(podOf(objects).containers[0]['ports']).toEqual([
      { containerPort: 53, protocol: 'TCP' },
      { containerPort: 53, protocol: 'UDP' },
    ]);
    expect(portsOf(objects, 'web')).toBeUndefined();
  });

  it('asks the provider’s pool for leased addresses', () => {
    const expose = [anExpose({ port: 22, ip: 'home', endpointSequenceNumber: 1 })];
    const settings = { ...someSettings, ipAddressPool: 'public' };
    const balancer = built([aService({ expose })], { settings }).find(
      ({ metadata }) => metadata.name === 'web-ip-22-tcp',
    );
    expect(balancer?.metadata.annotations).toMatchObject({
      'metallb.universe.tf/allow-shared-ip': `${someLease.owner}-ip-home`,
      'metallb.universe.tf/address-pool': 'public',
    });
  });

  const hostsOf = (expose: ManifestService['expose'], change: Partial<LeaseWorkload>): string[] =>
    built([aService({ expose })], change)
      .filter(({ kind }) => kind === 'Ingress')
      .map(({ metadata }) => metadata.name);

  it('makes an ingress per hostname, except for those withheld', () => {
    const expose = [
      anExpose({ hosts: ['a.example', 'b.example'] }),
      anExpose({ hosts: ['a.example'] }),
    ];
    const settings = { ...someSettings, staticHosts: false };
    expect(hostsOf(expose, { settings })).toEqual(['a.example', 'b.example']);
    expect(hostsOf(expose, { settings, withheldHostnames: ['a.example'] })).toEqual(['b.example']);
    expect(hostsOf([anExpose({ port: 81 })], {})).toEqual([]);
    expect(hostsOf([anExpose()], {})).toEqual([
      '19si1n9vo9cib05qmsfac1mq6g.ingress.provider.example',
    ]);
  });

  it('leaves the provider’s hostname of a service to that service', () => {
    const own = '19si1n9vo9cib05qmsfac1mq6g.ingress.provider.example';
    const thief = aService({ name: 'thief', expose: [anExpose({ hosts: [own] })] });
    const objects = built([thief, aService({ expose: [anExpose({ hosts: [own] })] })]);
    const ingresses = objects.filter(({ metadata }) => metadata.name === own);
    expect(ingresses.map(({ metadata }) => metadata.labels[MANIFEST_SERVICE])).toEqual(['web']);
  });
});

describe('a manifest that was tampered with', () => {
  /** The value with one random leaf, member or element replaced by another JSON value. */
  const spoil = (value: unknown, path: readonly number[], by: unknown): unknown => {
    const [at, ...rest] = path;
    if (at === undefined || typeof value !== 'object' || value === null) return by;
    const keys = Object.keys(value);
    const key = keys[at % Math.max(keys.length, 1)];
    if (key === undefined) return by;
    const changed = spoil((value as Record<string, unknown>)[key], rest, by);
    return Array.isArray(value)
      ? value.map((item: unknown, i) => (String(i) === key ? changed : item))
      : { ...value, [key]: changed };
  };

  it('is refused with reasons or built, never a crash', () => {
    const path = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 8 });
    const by = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(0, 1, 80, 'web', 'a-np', '1', '', '/data', [], {}, null, true),
    );
    fc.assert(
      fc.property(arbitrarySdl, fc.array(fc.tuple(path, by), { maxLength: 3 }), (input, edits) => {
        const body: unknown = JSON.parse(fromSdl(input).body);
        const spoiled = edits.reduce((value, [where, what]) => spoil(value, where, what), body);
        const parsed = parseManifest(new TextEncoder().encode(JSON.stringify(spoiled)));
        if (!parsed.ok) {
          expect(parsed.reasons.length).toBeGreaterThan(0);
          return;
        }
        if (validateManifest(parsed.manifest).length > 0) return;
        for (const group of parsed.manifest) {
          const objects = built(group.services ?? []);
          expect(new Set(namesOf(objects)).size).toBe(objects.length);
        }
      }),
      { numRuns: 100 },
    );
  });
});
