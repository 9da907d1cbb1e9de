import { describe, expect, it } from '@jest/globals';
import { parseManifest, type Manifest } from './manifest.js';
import { validateManifest } from './validate.js';

/** A manifest as loose JSON, for tests to spoil. */
interface Draft {
  name: string;
  services: ServiceDraft[];
}
type ServiceDraft = Record<string, unknown> & {
  resources: Record<string, unknown>;
  expose: Record<string, unknown>[];
};

const volume = (name: string, attributes: Record<string, string> = {}, val = '1073741824') => ({
  name,
  size: { val },
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
});

const port = (number: number, rest: object = {}): Record<string, unknown> => ({
  port: number,
  proto: 'TCP',
  global: true,
  httpOptions: { maxBodySize: 1048576, readTimeout: 60000, nextCases: ['error', '502'] },
  ...rest,
});

const aService = (name: string, rest: object = {}): ServiceDraft => ({
  name,
  image: 'nginx',
  count: 1,
  env: ['KEY=value', 'BARE', 'with.dots-and_more=1=2'],
  resources: {
    id: 1,
    cpu: { units: { val: '1000' }, attributes: [{ key: 'arch', value: 'arm64' }] },
    memory: { size: { val: '1073741824' } },
    gpu: {
      units: { val: '1' },
      attributes: [{ key: 'vendor/nvidia/model/h100/ram/80Gi', value: 'true' }],
    },
    storage: [volume('default')],
    endpoints: [],
  },
  expose: [port(80, { hosts: [`${name}.example.com`] })],
  ...rest,
});

const aManifest = (): [Draft, ...Draft[]] => [
  { name: 'dc', services: [aService('api'), aService('web')] },
];

const typed = (draft: readonly Draft[]): Manifest => {
  const parsed = parseManifest(new TextEncoder().encode(JSON.stringify(draft)));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.reasons));
  return parsed.manifest;
};

/** Spoils the second service, `web`. */
const web = (rest: object): [Draft] => [
  { name: 'dc', services: [aService('api'), aService('web', rest)] },
];
const webPorts = (...expose: object[]): [Draft] => web({ expose });
const webResources = (rest: object): [Draft] =>
  web({ resources: { ...aService('web').resources, ...rest } });
const webOptions = (httpOptions: object): [Draft] => webPorts(port(80, { httpOptions }));
const mounted = (mount: object, ...storage: object[]): [Draft] =>
  web({
    resources: { ...aService('web').resources, storage },
    params: { storage: [{ name: 'data', mount: '/data', readOnly: false, ...mount }] },
  });
const beta2 = { class: 'beta2', persistent: 'true' };

const at = 'manifest[0].services[1]';

describe('static validation', () => {
  it('finds nothing in a good manifest', () => {
    expect(validateManifest(typed(aManifest()))).toEqual([]);
  });

  it.each<[string, readonly Draft[], string, string]>([
    ['no groups', [], 'ManifestEmpty', 'manifest'],
    [
      'a group without a name',
      [{ ...aManifest()[0], name: '' }],
      'GroupNameEmpty',
      'manifest[0].name',
    ],
    [
      'two groups of one name',
      [aManifest()[0], { name: 'dc', services: [aService('x')] }],
      'GroupNameDuplicate',
      'manifest[1].name',
    ],
    [
      'a group without services',
      [{ name: 'dc', services: [] }],
      'GroupWithoutServices',
      'manifest[0].services',
    ],
    [
      'services out of order',
      [{ name: 'dc', services: [aService('b'), aService('a')] }],
      'ServicesNotSorted',
      'manifest[0].services[1].name',
    ],
    [
      'two services of one name',
      [{ name: 'dc', services: [aService('a'), aService('a', { expose: [] })] }],
      'ServiceNameDuplicate',
      'manifest[0].services[1].name',
    ],
    [
      'no port to the world',
      [{ name: 'dc', services: [aService('a', { expose: [port(80, { global: false })] })] }],
      'NoGlobalExpose',
      'manifest[0]',
    ],
    ['a service name in capitals', web({ name: 'weB' }), 'ServiceNameInvalid', `${at}.name`],
    [
      'a service name with an underscore',
      web({ name: 'web_1' }),
      'ServiceNameInvalid',
      `${at}.name`,
    ],
    [
      'a service name that ends in a dash',
      web({ name: 'web-' }),
      'ServiceNameInvalid',
      `${at}.name`,
    ],
    [
      'a service name of 51 letters',
      web({ name: 'w'.repeat(51) }),
      'ServiceNameInvalid',
      `${at}.name`,
    ],
    ['no image', web({ image: '' }), 'ImageInvalid', `${at}.image`],
    ['an image with a blank', web({ image: 'nginx latest' }), 'ImageInvalid', `${at}.image`],
    ['no replicas', web({ count: 0 }), 'CountZero', `${at}.count`],
    ['a variable without a name', web({ env: ['=x'] }), 'EnvNameInvalid', `${at}.env[0]`],
    [
      'a variable whose name begins with a digit',
      web({ env: ['A=1', '1A=x'] }),
      'EnvNameInvalid',
      `${at}.env[1]`,
    ],
    ['a variable called ..', web({ env: ['..=x'] }), 'EnvNameInvalid', `${at}.env[0]`],
    ['a variable called .', web({ env: ['.=x'] }), 'EnvNameInvalid', `${at}.env[0]`],
    ['resource unit 0', webResources({ id: 0 }), 'ResourceIdZero', `${at}.resources.id`],
    ['no CPU stated', webResources({ cpu: null }), 'ResourceMissing', `${at}.resources.cpu`],
    [
      'no memory stated',
      webResources({ memory: null }),
      'ResourceMissing',
      `${at}.resources.memory`,
    ],
    [
      'no GPU stated, not even none',
      webResources({ gpu: null }),
      'ResourceMissing',
      `${at}.resources.gpu`,
    ],
    [
      'no storage stated',
      webResources({ storage: [] }),
      'ResourceMissing',
      `${at}.resources.storage`,
    ],
    [
      'no endpoints stated',
      webResources({ endpoints: null }),
      'ResourceMissing',
      `${at}.resources.endpoints`,
    ],
    [
      'CPU of zero',
      webResources({ cpu: { units: { val: '0' } } }),
      'ResourceZero',
      `${at}.resources.cpu.units`,
    ],
    [
      'memory of zero',
      webResources({ memory: { size: { val: '0' } } }),
      'ResourceZero',
      `${at}.resources.memory.size`,
    ],
    [
      'a volume of zero',
      webResources({ storage: [volume('default', {}, '0')] }),
      'ResourceZero',
      `${at}.resources.storage[0].size`,
    ],
    [
      'an unknown architecture',
      webResources({ cpu: { units: { val: '1' }, attributes: [{ key: 'arch', value: 'm68k' }] } }),
      'CpuArchUnknown',
      `${at}.resources.cpu.attributes[0]`,
    ],
    [
      'a GPU in an unknown form',
      webResources({ gpu: { units: { val: '1' }, attributes: [{ key: 'h100', value: 'true' }] } }),
      'GpuAttributeInvalid',
      `${at}.resources.gpu.attributes[0]`,
    ],
    [
      'a GPU vendor nobody has',
      webResources({
        gpu: {
          units: { val: '1' },
          attributes: [{ key: 'vendor/3dfx/model/voodoo', value: 'true' }],
        },
      }),
      'GpuVendorUnknown',
      `${at}.resources.gpu.attributes[0]`,
    ],
    [
      'GPUs of two vendors',
      webResources({
        gpu: {
          units: { val: '1' },
          attributes: [
            { key: 'vendor/amd/model/*', value: 'true' },
            { key: 'vendor/nvidia/model/*', value: 'true' },
          ],
        },
      }),
      'GpuVendorsMixed',
      `${at}.resources.gpu.attributes`,
    ],
    [
      'two volumes of one name',
      webResources({ storage: [volume('a'), volume('a')] }),
      'VolumeDuplicate',
      `${at}.resources.storage[1].name`,
    ],
    [
      'a volume name Kubernetes refuses',
      mounted({ name: 'My_Data' }, volume('My_Data')),
      'VolumeNameInvalid',
      `${at}.resources.storage[0].name`,
    ],
    [
      'a volume name too long beside the service',
      mounted({ name: 'd'.repeat(60) }, volume('d'.repeat(60))),
      'VolumeNameInvalid',
      `${at}.resources.storage[0].name`,
    ],
    [
      'a storage class that is no name',
      mounted({}, volume('data', { class: 'Fast!', persistent: 'true' })),
      'StorageClassInvalid',
      `${at}.resources.storage[0].attributes`,
    ],
    [
      'a persistent volume that is not mounted',
      webResources({ storage: [volume('data', beta2)] }),
      'MountMissing',
      `${at}.resources.storage[0]`,
    ],
    [
      'a mount of no volume',
      mounted({ name: 'nothing' }, volume('data')),
      'VolumeUnknown',
      `${at}.params.storage[0].name`,
    ],
    [
      'a relative mount',
      mounted({ mount: 'data' }, volume('data', beta2)),
      'MountInvalid',
      `${at}.params.storage[0].mount`,
    ],
    [
      'a mount at the root',
      mounted({ mount: '/' }, volume('data', beta2)),
      'MountInvalid',
      `${at}.params.storage[0].mount`,
    ],
    [
      'a mount with a colon',
      mounted({ mount: '/a:b' }, volume('data', beta2)),
      'MountInvalid',
      `${at}.params.storage[0].mount`,
    ],
    [
      'a persistent volume mounted nowhere',
      mounted({ mount: '' }, volume('data', beta2)),
      'MountInvalid',
      `${at}.params.storage[0].mount`,
    ],
    [
      'an unknown permission',
      web({ params: { permissions: { read: ['logs', 'secrets'] } } }),
      'PermissionUnknown',
      `${at}.params.permissions.read[1]`,
    ],
    [
      'a trusted execution environment',
      web({ params: { tee: { type: 'cpu', attestation: true } } }),
      'TeeUnsupported',
      `${at}.params.tee`,
    ],
    ['port 0', webPorts(port(0)), 'PortInvalid', `${at}.expose[0].port`],
    ['port 65536', webPorts(port(65536)), 'PortInvalid', `${at}.expose[0].port`],
    [
      'external port 65536',
      webPorts(port(80, { externalPort: 65536 })),
      'PortInvalid',
      `${at}.expose[0].externalPort`,
    ],
    [
      'a protocol in small letters',
      webPorts(port(80, { proto: 'tcp' })),
      'ProtocolInvalid',
      `${at}.expose[0].proto`,
    ],
    [
      'a leased IP that is not global',
      webPorts(port(80, { ip: 'a', global: false, endpointSequenceNumber: 1 })),
      'LeasedIpNotGlobal',
      `${at}.expose[0].ip`,
    ],
    [
      'a leased IP without its number',
      webPorts(port(80, { ip: 'a' })),
      'LeasedIpWithoutNumber',
      `${at}.expose[0].endpointSequenceNumber`,
    ],
    [
      'a hostname in capitals',
      webPorts(port(80, { hosts: ['WWW.example.com'] })),
      'HostnameInvalid',
      `${at}.expose[0].hosts[0]`,
    ],
    [
      'a wildcard',
      webPorts(port(80, { hosts: ['*.example.com'] })),
      'HostnameInvalid',
      `${at}.expose[0].hosts[0]`,
    ],
    [
      'a hostname of 254 letters',
      webPorts(port(80, { hosts: [`${'a.'.repeat(126)}aa`] })),
      'HostnameInvalid',
      `${at}.expose[0].hosts[0]`,
    ],
    [
      'a hostname of another service',
      webPorts(port(80, { hosts: ['api.example.com'] })),
      'HostnameDuplicate',
      `${at}.expose[0].hosts[0]`,
    ],
    [
      'an upload above 100 MiB',
      webOptions({ maxBodySize: 104857601 }),
      'HttpOptionOutOfRange',
      `${at}.expose[0].httpOptions.maxBodySize`,
    ],
    [
      'a timeout above a minute',
      webOptions({ readTimeout: 60001 }),
      'HttpOptionOutOfRange',
      `${at}.expose[0].httpOptions.readTimeout`,
    ],
    [
      'an unknown failure case',
      webOptions({ nextCases: ['error', '501; evil'] }),
      'HttpOptionOutOfRange',
      `${at}.expose[0].httpOptions.nextCases[1]`,
    ],
    [
      'off beside other cases',
      webOptions({ nextCases: ['error', 'off'] }),
      'HttpOptionOutOfRange',
      `${at}.expose[0].httpOptions.nextCases`,
    ],
    ['ports out of order', webPorts(port(90), port(80)), 'ExposeNotSorted', `${at}.expose[1]`],
    [
      'protocols out of order',
      webPorts(port(80, { proto: 'UDP' }), port(80)),
      'ExposeNotSorted',
      `${at}.expose[1]`,
    ],
    [
      'services out of order',
      webPorts(port(80, { service: 'b' }), port(90, { service: 'a' })),
      'ExposeNotSorted',
      `${at}.expose[1]`,
    ],
    [
      'the local before the global',
      webPorts(port(80, { global: false }), port(80)),
      'ExposeNotSorted',
      `${at}.expose[1]`,
    ],
    [
      'two ports behind one',
      webPorts(port(80), port(90, { externalPort: 80 })),
      'ExternalPortConflict',
      `${at}.expose[1].externalPort`,
    ],
    [
      'one port of an address twice',
      webPorts(
        port(80, { ip: 'a', endpointSequenceNumber: 1 }),
        port(80, { ip: 'b', endpointSequenceNumber: 2 }),
      ),
      'LeasedIpPortDuplicate',
      `${at}.expose[1].externalPort`,
    ],
  ])('refuses %s and names the field', (_name, draft, wantCode, wantField) => {
    const found = validateManifest(typed(draft));
    expect(found.map((r) => [r.code, r.field])).toEqual([[wantCode, wantField]]);
    expect(found[0]?.message.startsWith(`${wantField}: `)).toBe(true);
  });

  it('refuses one port of an address for two services', () => {
    const address = { ip: 'a', endpointSequenceNumber: 1, hosts: [] };
    const services = [
      aService('api', { expose: [port(53, address)] }),
      aService('web', { expose: [port(53, address)] }),
    ];
    const found = validateManifest(typed([{ name: 'dc', services }]));
    expect(found.map((r) => [r.code, r.field])).toEqual([
      ['LeasedIpPortDuplicate', `${at}.expose[0].externalPort`],
    ]);
    // Two groups are two leases, each with an address of its own.
    const apart = services.map((service, i) => ({ name: `dc${i}`, services: [service] }));
    expect(validateManifest(typed(apart))).toEqual([]);
  });

  it.each<[string, ServiceDraft, ServiceDraft]>([
    [
      'a service named like the node ports of another',
      aService('web', { expose: [port(22)] }),
      aService('web-np'),
    ],
    [
      'a service named like the load balancer of another',
      aService('web', { expose: [port(22, { ip: 'a', endpointSequenceNumber: 1 })] }),
      aService('web-ip-22-tcp'),
    ],
    [
      'services whose network policies would be one',
      aService('apiserver-a', { expose: [port(22)] }),
      aService('a-np', { params: { permissions: { read: ['logs'] } } }),
    ],
  ])('refuses %s', (_name, a, b) => {
    const services = [a, b].sort((x, y) => (String(x['name']) < String(y['name']) ? -1 : 1));
    const found = validateManifest(typed([{ name: 'dc', services }]));
    expect(found.map((r) => [r.code, r.field])).toEqual([['ServiceNameReserved', `${at}.name`]]);
  });

  it('refuses two volumes at one path', () => {
    const storage = ['a', 'b'].map((name) => ({ name, mount: '/data', readOnly: false }));
    const found = validateManifest(
      typed(
        web({
          resources: { ...aService('web').resources, storage: [volume('a'), volume('b')] },
          params: { storage },
        }),
      ),
    );
    expect(found.map((r) => [r.code, r.field])).toEqual([
      ['MountDuplicate', `${at}.params.storage[1].mount`],
    ]);
  });

  it.each<[string, readonly Draft[]]>([
    ['TCP and UDP on one port', webPorts(port(53), port(53, { proto: 'UDP' }))],
    [
      'one port for two services',
      webPorts(
        port(80, { global: false, service: 'a' }),
        port(80, { global: false, service: 'b' }),
      ),
    ],
    ['a port both global and local', webPorts(port(80), port(80, { global: false }))],
    [
      'HTTP on 80 beside another port of the world on 80/UDP',
      webPorts(port(80), port(90, { externalPort: 80, proto: 'UDP' })),
    ],
    ['an ephemeral volume that is mounted nowhere', mounted({ mount: '' }, volume('data'))],
    ['off alone', webOptions({ nextCases: ['off'] })],
    ['no variables, no ports', web({ env: null, expose: null, params: null })],
    ['any NVIDIA GPU', webResources({ gpu: { units: { val: '1' } } })],
    [
      'a CPU attribute we do not know',
      webResources({ cpu: { units: { val: '1' }, attributes: [{ key: 'avx', value: '512' }] } }),
    ],
  ])('accepts %s', (_name, draft) => {
    expect(validateManifest(typed(draft))).toEqual([]);
  });

  it('wants hostnames for HTTP only where the provider gives none', () => {
    const draft = webPorts(port(80), port(8080));
    expect(validateManifest(typed(draft), { staticHosts: true })).toEqual([]);
    const found = validateManifest(typed(draft), { staticHosts: false });
    expect(found.map((r) => [r.code, r.field])).toEqual([
      ['HostnameMissing', `${at}.expose[0].hosts`],
    ]);
  });

  it('reports every fault at once', () => {
    const found = validateManifest(typed(web({ name: 'X', image: '', count: 0 })));
    expect(found.map((r) => r.code).sort()).toEqual([
      'CountZero',
      'ImageInvalid',
      'ServiceNameInvalid',
      'ServicesNotSorted',
    ]);
  });
});
