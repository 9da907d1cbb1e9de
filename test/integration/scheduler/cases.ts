/** Random clusters and orders for the real scheduler: small, and so tight that fitting is hard. Plain data, to be printed as YAML. */
import type { SDLInput } from '@akashnetwork/chain-sdk';
import fc from 'fast-check';

export interface NodeCase {
  readonly cpu: number;
  readonly memoryGib: number;
  readonly diskGib: number;
  readonly pods: number;
  readonly arch: string;
  readonly zone: string;
  readonly gpu?: { readonly product: string; readonly count: number; readonly ill: number };
  /** MIG slices of 1g.10gb beside the whole GPUs. */
  readonly slices: number;
  readonly shared: boolean;
  readonly taint: 'none' | 'gpu' | 'gpu-no-execute' | 'dedicated' | 'prefer';
  readonly cordoned: boolean;
  /** May be used by classes that only labelled nodes can mount. */
  readonly storageLabel: boolean;
}

/** A pod of somebody else's, on the node with this number. */
export interface PodCase {
  readonly node: number;
  readonly milliCpu: number;
  readonly memoryMib: number;
  readonly gpus: number;
  readonly initMilliCpu: number;
  readonly sidecarMilliCpu: number;
  readonly finished: boolean;
}

export interface ClassCase {
  readonly name: string;
  /** One pool for all nodes, a disk per node, a pool per zone, or nobody tells how much. */
  readonly space: 'pool' | 'local' | 'zonal' | 'unknown';
  readonly gib: number;
  readonly largestVolumeGib?: number;
  readonly immediate: boolean;
  readonly allowedZone?: string;
  readonly labelledNodesOnly: boolean;
}

export interface ServiceCase {
  readonly count: number;
  readonly milliCpu: number;
  readonly memoryMib: number;
  readonly diskGib: number;
  readonly shmMib: number;
  readonly gpus: number;
  readonly model: string;
  readonly ram?: string;
  readonly arch?: string;
  readonly volume?: { readonly className: string; readonly gib: number };
  readonly ip: boolean;
  /** Uses the compute profile of the first service, so that both are replicas of one unit. */
  readonly likeFirst: boolean;
}

export interface Case {
  readonly nodes: readonly NodeCase[];
  readonly pods: readonly PodCase[];
  readonly classes: readonly ClassCase[];
  readonly addresses: number;
  /** One after the other, each decided with what the ones before it hold. */
  readonly orders: readonly (readonly ServiceCase[])[];
}

const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
/** `usual` three times out of four. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.tuple(between(0, 3), fc.constantFrom(usual, ...others)).map(([n, x]) => (n > 0 ? usual : x));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });

const H100 = 'NVIDIA-H100-80GB-HBM3';
const zones = fc.constantFrom('east', 'west');

const node: fc.Arbitrary<NodeCase> = fc
  .record({
    cpu: between(2, 16),
    memoryGib: between(4, 32),
    diskGib: between(10, 60),
    pods: mostly(20, 1, 2, 3),
    arch: mostly('amd64', 'arm64'),
    zone: zones,
    gpu: fc.option(
      fc.record({
        product: fc.constantFrom(H100, H100, 'NVIDIA-GeForce-RTX-4090', 'NVIDIA-A100-SXM4-80GB'),
        count: between(1, 8),
        ill: mostly(0, 1, 2),
      }),
      { nil: undefined, freq: 3 },
    ),
    slices: mostly(0, 1, 4),
    shared: mostly(false, true),
    taint: mostly<NodeCase['taint']>('none', 'gpu', 'gpu-no-execute', 'dedicated', 'prefer'),
    cordoned: mostly(false, false, false, true),
    storageLabel: fc.boolean(),
  })
  .map(({ gpu, ...rest }) => ({
    ...rest,
    slices: gpu?.product === H100 ? rest.slices : 0,
    ...(gpu === undefined ? {} : { gpu: { ...gpu, ill: Math.min(gpu.ill, gpu.count) } }),
  }));

const pod = (nodes: number): fc.Arbitrary<PodCase> =>
  fc.record({
    node: between(0, nodes - 1),
    milliCpu: between(0, 4000),
    memoryMib: between(0, 8192),
    gpus: mostly(0, 1, 2),
    initMilliCpu: mostly(0, 3000),
    sidecarMilliCpu: mostly(0, 500),
    finished: mostly(false, true),
  });

const storageClass = (name: string): fc.Arbitrary<ClassCase> =>
  fc
    .record({
      space: mostly<ClassCase['space']>('local', 'pool', 'zonal', 'unknown'),
      gib: between(5, 80),
      largestVolumeGib: maybe(between(5, 40)),
      immediate: mostly(false, true),
      allowedZone: maybe(zones),
      labelledNodesOnly: mostly(false, true),
    })
    .map(({ largestVolumeGib, allowedZone, ...rest }) => ({
      name,
      ...rest,
      ...(largestVolumeGib === undefined ? {} : { largestVolumeGib }),
      ...(allowedZone === undefined ? {} : { allowedZone }),
    }));

const service: fc.Arbitrary<ServiceCase> = fc
  .record({
    count: fc.constantFrom(1, 1, 1, 2, 3, 5),
    milliCpu: between(100, 3500),
    memoryMib: between(128, 8192),
    diskGib: between(1, 12),
    shmMib: mostly(0, 256),
    gpus: fc.constantFrom(0, 0, 0, 1, 1, 2, 4, 8),
    model: fc.constantFrom(
      '*',
      '*',
      '*',
      'h100',
      'h100',
      'rtx4090',
      'a100',
      'h100-mig-1g10gb',
      'b200',
    ),
    ram: mostly(undefined, '80Gi', '24Gi'),
    arch: mostly(undefined, 'amd64', 'arm64'),
    volume: fc.option(
      fc.record({ className: fc.constantFrom('beta2', 'beta3'), gib: between(1, 50) }),
      { nil: undefined, freq: 2 },
    ),
    ip: mostly(false, true),
    likeFirst: mostly(false, true),
  })
  .map(({ ram, arch, volume, ...rest }) => ({
    ...rest,
    ...(ram === undefined || rest.model === '*' || rest.model.includes('mig') ? {} : { ram }),
    ...(arch === undefined ? {} : { arch }),
    ...(volume === undefined ? {} : { volume }),
  }));

const MODELS: Readonly<Record<string, string>> = {
  [H100]: 'h100',
  'NVIDIA-GeForce-RTX-4090': 'rtx4090',
  'NVIDIA-A100-SXM4-80GB': 'a100',
};

/** Most orders are for what there is: those for anything else say little. */
const forWhatThereIs = (given: Case): Case => {
  const there = given.nodes.flatMap(({ gpu }) => MODELS[gpu?.product ?? ''] ?? []);
  const known = (model: string): boolean =>
    there.includes(model) || (model.includes('mig') && given.nodes.some((n) => n.slices > 0));
  const [first = '*'] = there;
  const toService = (s: ServiceCase, i: number): ServiceCase => {
    if (s.model === '*' || known(s.model) || (i + s.milliCpu) % 5 === 0) return s;
    const { ram: _, ...rest } = s;
    return { ...rest, model: first, gpus: there.length === 0 ? 0 : s.gpus };
  };
  return { ...given, orders: given.orders.map((services) => services.map(toService)) };
};

/** Two to five nodes and one to four orders. */
export const cases: fc.Arbitrary<Case> = fc.noBias(between(2, 5)).chain((count) =>
  fc
    .noBias(
      fc.record({
        nodes: fc.array(node, { minLength: count, maxLength: count }),
        pods: fc.array(pod(count), { maxLength: 4 }),
        classes: fc.tuple(storageClass('beta2'), storageClass('beta3')),
        addresses: mostly(2, 0, 1),
        orders: fc.array(fc.array(service, { minLength: 1, maxLength: 3 }), {
          minLength: 1,
          maxLength: 4,
        }),
      }),
    )
    .map(forWhatThereIs),
);

const storageOf = ({ diskGib, shmMib, volume }: ServiceCase): object[] => [
  { size: `${diskGib}Gi` },
  ...(shmMib === 0
    ? []
    : [{ name: 'shm', size: `${shmMib}Mi`, attributes: { class: 'ram', persistent: false } }]),
  ...(volume === undefined
    ? []
    : [
        {
          name: 'data',
          size: `${volume.gib}Gi`,
          attributes: { class: volume.className, persistent: true },
        },
      ]),
];

const gpuOf = ({ gpus, model, ram }: ServiceCase): object =>
  gpus === 0
    ? {}
    : {
        gpu: {
          units: gpus,
          attributes: {
            vendor: {
              nvidia: model === '*' ? [] : [{ model, ...(ram === undefined ? {} : { ram }) }],
            },
          },
        },
      };

/** The SDL that a tenant would have written. */
export const sdlOf = (services: readonly ServiceCase[]): SDLInput => {
  const names = services.map((_, i) => `s${i}`);
  const first = services[0];
  const mounts = (s: ServiceCase): string => JSON.stringify([s.shmMib > 0, s.volume !== undefined]);
  const profileOf = (s: ServiceCase, i: number): string =>
    first !== undefined && s.likeFirst && mounts(s) === mounts(first) ? 's0' : `s${i}`;
  return {
    version: '2.1',
    ...(services.some((s) => s.ip) ? { endpoints: { home: { kind: 'ip' } } } : {}),
    services: Object.fromEntries(
      services.map((s, i) => [
        `s${i}`,
        {
          image: `example/s${i}:1`,
          expose: [
            { port: 8080, as: 10_000 + i, to: [{ global: true }] },
            ...(s.ip ? [{ port: 9090, as: 20_000 + i, to: [{ global: true, ip: 'home' }] }] : []),
          ],
          params: {
            storage: {
              ...(s.shmMib > 0 ? { shm: { mount: '/dev/shm' } } : {}),
              ...(s.volume === undefined ? {} : { data: { mount: '/data' } }),
            },
          },
        },
      ]),
    ),
    profiles: {
      compute: Object.fromEntries(
        services.map((s, i) => [
          `s${i}`,
          {
            resources: {
              cpu: {
                units: `${s.milliCpu}m`,
                ...(s.arch === undefined ? {} : { attributes: { arch: s.arch } }),
              },
              memory: { size: `${s.memoryMib}Mi` },
              storage: storageOf(s),
              ...gpuOf(s),
            },
          },
        ]),
      ),
      placement: {
        group: {
          pricing: Object.fromEntries(names.map((n) => [n, { denom: 'uact', amount: 1000 }])),
        },
      },
    },
    deployment: Object.fromEntries(
      services.map((s, i) => [`s${i}`, { group: { profile: profileOf(s, i), count: s.count } }]),
    ),
  } as unknown as SDLInput;
};
