/**
 * The hash vectors of provider-wire 5.1: each manifest is that of an example of the chain SDK, rebuilt here from what it
 * asks for. They fix field names, nulls, number forms and what is left out when empty.
 */
import { describe, expect, it } from '@jest/globals';
import { toHex } from './digest.js';
import { parseManifest } from './manifest.js';
import { manifestVersion } from './version.js';

/** The ingress options that an SDL without http_options gets. */
const defaults = {
  maxBodySize: 1048576,
  readTimeout: 60000,
  sendTimeout: 60000,
  nextTries: 3,
  nextTimeout: 0,
  nextCases: ['error', 'timeout'],
};

const global = {
  proto: 'TCP',
  service: '',
  global: true,
  hosts: null,
  ip: '',
  endpointSequenceNumber: 0,
};
const http = (port: number, httpOptions: object = defaults): object => ({
  ...global,
  port,
  externalPort: 80,
  httpOptions,
});

const storage = (name: string, bytes: number, attributes?: object): object => ({
  name,
  size: { val: String(bytes) },
  ...(attributes && {
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: String(value) })),
  }),
});
const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

const resources = (
  id: number,
  milliCpu: number,
  memory: number,
  volumes: number | object[],
  endpoints: object[],
): object => ({
  id,
  cpu: { units: { val: String(milliCpu) } },
  memory: { size: { val: String(memory) } },
  storage: typeof volumes === 'number' ? [storage('default', volumes)] : volumes,
  gpu: { units: { val: '0' } },
  endpoints,
});
const withGpu = (model: string, given: object): object => ({
  ...given,
  gpu: {
    units: { val: '1' },
    attributes: [{ key: `vendor/nvidia/model/${model}`, value: 'true' }],
  },
});
const shared = { sequence_number: 0 };
const randomPort = { kind: 1, sequence_number: 0 };
const leasedIp = (n: number): object => ({ kind: 2, sequence_number: n });

const service = (
  name: string,
  image: string,
  given: object,
  expose: object[],
  rest = {},
): object => ({
  name,
  image,
  command: null,
  args: null,
  env: null,
  resources: given,
  count: 1,
  expose,
  credentials: null,
  ...rest,
});
const one = (group: string, ...services: object[]): object[] => [{ name: group, services }];

const tensorflow = 'tensorflow/tensorflow:latest-gpu';
const nginx = 'nginx:latest';
const demo = 'ghcr.io/akash-network/demo-app';
const port = (at: number, rest: object): object => ({
  ...global,
  port: at,
  externalPort: at,
  httpOptions: defaults,
  ...rest,
});
const tee = (type: string): object => ({
  params: { storage: null, tee: { type, attestation: true } },
});
const mounts = (...volumes: [string, string][]): object => ({
  params: { storage: volumes.map(([name, mount]) => ({ name, mount, readOnly: false })) },
});
const tiny = (endpoints: object[]): object => resources(1, 10, 128 * MiB, 512 * MiB, endpoints);
const pricingApp = service('app', nginx, resources(1, 1000, GiB, GiB, [shared]), [http(80)]);
const patientOptions = {
  maxBodySize: 10485760,
  readTimeout: 30000,
  sendTimeout: 30000,
  nextTries: 5,
  nextTimeout: 1000,
  nextCases: ['error', 'timeout', '500', '502', '503'],
};

const vectors: [string, string, object[]][] = [
  [
    '2.0 gpu-basic',
    'b388e6d97d15c37fc87ba0e9a555250941f7e1a04be768984cfa829a9500be47',
    one(
      'westcoast',
      service(
        'gpu-service',
        tensorflow,
        withGpu('rtx3080', resources(1, 1000, 2 * GiB, 10 * GiB, [shared])),
        [http(8080)],
      ),
    ),
  ],
  [
    '2.0 http-options',
    '0f9e29adabc263d07fa70a66bbd4da42d7b36f323f775ea2adcabea865c77d30',
    one(
      'akash',
      service('web', nginx, resources(1, 500, 512 * MiB, GiB, [shared]), [
        http(80, patientOptions),
      ]),
    ),
  ],
  [
    '2.0 ip-endpoint',
    'aa2046c89e083b0fd7a6b7c47246a6bc5f53f254a5dacd3ac3ec5150e992560d',
    one(
      'akash',
      service(
        'web',
        nginx,
        resources(1, 250, 512 * MiB, GiB, [shared, leasedIp(1), randomPort, leasedIp(2)]),
        [
          port(80, { ip: 'endpoint-http', endpointSequenceNumber: 1 }),
          port(443, { ip: 'endpoint-https', endpointSequenceNumber: 2 }),
        ],
      ),
    ),
  ],
  [
    '2.0 multiple-services',
    '27bca68b1c45773b3a9ee6b2d4938d48c784abe068d3e2c6ba143c5f79b209e0',
    one(
      'datacenter',
      service(
        'api',
        'node:18',
        resources(1, 500, GiB, 2 * GiB, []),
        [port(3000, { service: 'web', global: false })],
        {
          count: 3,
          env: ['NODE_ENV=production', 'DATABASE_URL=postgres://db:5432'],
        },
      ),
      service(
        'db',
        'postgres:14',
        resources(2, 1000, 2 * GiB, 10 * GiB, []),
        [port(5432, { service: 'api', global: false, externalPort: 0 })],
        {
          env: ['POSTGRES_PASSWORD=secret'],
        },
      ),
      service('web', nginx, resources(3, 100, 256 * MiB, 512 * MiB, [shared]), [http(80)], {
        count: 2,
      }),
    ),
  ],
  [
    '2.0 persistent-storage',
    'b6fc0503f97fd6dbf581ed7fbb98e9a73dc7058318d5c714e43baf6e0eeb7ce3',
    one(
      'datacenter',
      service(
        'database',
        'postgres:14',
        resources(
          1,
          500,
          GiB,
          [storage('data', 50 * GiB, { class: 'beta2', persistent: true })],
          [randomPort],
        ),
        [port(5432, { externalPort: 0 })],
        {
          env: ['POSTGRES_PASSWORD=secret'],
          ...mounts(['data', '/var/lib/postgresql/data']),
        },
      ),
    ),
  ],
  [
    '2.0 placement',
    '4fb78efa60477b1859498b9d2d09bc1d55ec4cf5450da5560acc6d294da86b4e',
    one(
      'us-west',
      service('web', nginx, resources(1, 500, 512 * MiB, 512 * MiB, [shared]), [http(80)]),
    ),
  ],
  [
    '2.0 port-ranges',
    'd776416f4651ce8279a63905135ec87e6cde1aa8413af735bebfb9adfdf294f2',
    one(
      'akash',
      service(
        'streaming',
        nginx,
        resources(1, 1000, 2 * GiB, GiB, [shared, randomPort, randomPort]),
        [http(8080), port(10000, { proto: 'UDP' }), port(20000, { proto: 'UDP' })],
      ),
    ),
  ],
  [
    '2.0 pricing',
    'a024307ec1445576274beab37fc46a7f2a3ee32921e03be3d26798472f4bff25',
    [...one('provider-a', pricingApp), ...one('provider-b', pricingApp)],
  ],
  [
    '2.0 simple',
    '8f8bac7161953993f3288189e3e76093a51d33f9cdff1c8242eb9ab506981737',
    one(
      'westcoast',
      service(
        'web',
        'nginx',
        resources(1, 100, 128 * MiB, GiB, [shared, randomPort]),
        [
          port(80, { externalPort: 0, hosts: ['ahostname.com'] }),
          port(12345, { externalPort: 0, proto: 'UDP' }),
        ],
        { count: 2 },
      ),
    ),
  ],
  [
    '2.0 storage-classes',
    '77227e370844c081af3e291af16f900488792837ee43da340e962f469d2d30cc',
    one(
      'datacenter',
      service(
        'app',
        'myapp:latest',
        resources(
          1,
          1000,
          2 * GiB,
          [
            storage('cache', GiB, { class: 'ram', persistent: false }),
            storage('logs', 5 * GiB),
            storage('data', 20 * GiB, { class: 'beta3', persistent: true }),
          ],
          [shared],
        ),
        [http(8080)],
        mounts(['cache', '/tmp/cache'], ['data', '/data'], ['logs', '/var/log']),
      ),
    ),
  ],
  [
    '2.1 credentials',
    '9b7070ebba84bcfe5f2cc00c53b2fc3a8fe6466fb688dc33c0eef5e0095c79ac',
    one(
      'akash',
      service(
        'private-app',
        'myregistry.com/private/app:latest',
        resources(1, 500, GiB, 5 * GiB, [shared]),
        [http(8080)],
        {
          credentials: {
            host: 'myregistry.com',
            email: 'user@example.com',
            username: 'myuser',
            password: 'mypassword',
          },
        },
      ),
    ),
  ],
  [
    '2.1 ip-endpoint',
    '94563c52dacf48f4a5a8f0413e7e479bc5273f4acd6c41c4c16405b78456fbfd',
    one(
      'akash',
      service('api', 'node:18', resources(1, 250, 512 * MiB, GiB, [randomPort, leasedIp(3)]), [
        port(3000, { ip: 'endpoint3', endpointSequenceNumber: 3 }),
      ]),
      service(
        'web',
        nginx,
        resources(2, 100, 256 * MiB, 512 * MiB, [shared, leasedIp(1), randomPort, leasedIp(2)]),
        [
          port(80, { ip: 'endpoint1', endpointSequenceNumber: 1 }),
          port(443, { ip: 'endpoint2', endpointSequenceNumber: 2 }),
        ],
      ),
    ),
  ],
  [
    '2.1 shared-ip',
    '4d7c14fc64377c78220ed54eb0a1ddbeac5f79f19edac7dc1a3306acbfa1d999',
    one(
      'global',
      service(
        'anotherweb',
        demo,
        tiny([randomPort, leasedIp(2)]),
        [
          port(80, {
            externalPort: 81,
            hosts: ['extratest.localhost'],
            ip: 'meow',
            endpointSequenceNumber: 2,
          }),
        ],
        { count: 3 },
      ),
      service('web', demo, tiny([shared, leasedIp(2)]), [
        port(80, {
          externalPort: 0,
          hosts: ['test.localhost'],
          ip: 'meow',
          endpointSequenceNumber: 2,
        }),
      ]),
    ),
  ],
  [
    '2.1 tee-cpu-gpu',
    'fe34c2360839d3bbe3e72108b1dfd724cbebe21d491423babbf5d8ee28046818',
    one(
      'akash',
      service(
        'tee-gpu-app',
        tensorflow,
        withGpu('rtx3080', resources(1, 1000, 2 * GiB, 10 * GiB, [shared])),
        [http(80)],
        tee('cpu-gpu'),
      ),
    ),
  ],
  [
    '2.1 tee-cpu',
    '8c58e5f80338c57f1b17780f7386512116e97b912e228f47d44cae49cfd0e63b',
    one(
      'akash',
      service('tee-app', nginx, resources(1, 500, GiB, 5 * GiB, [shared]), [http(80)], tee('cpu')),
    ),
  ],
];

describe('manifest hash vectors', () => {
  it.each(vectors)('SDL %s', (_name, want, manifest) => {
    expect(toHex(manifestVersion(manifest))).toBe(want);
    const parsed = parseManifest(new TextEncoder().encode(JSON.stringify(manifest)));
    expect(parsed.ok && toHex(manifestVersion(parsed.manifest))).toBe(want);
  });
});
