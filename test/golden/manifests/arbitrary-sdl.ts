/** Random but valid SDLs: every service exposes something, and at least one port of each group is open to the world. */
import type { SDLInput } from '@akashnetwork/chain-sdk';
import fc from 'fast-check';

const name = fc
  .stringMatching(/^[a-z]([-a-z0-9]{0,10}[a-z0-9])?$/)
  // The SDK hangs SDL sections on plain objects, where these names already mean something.
  .filter((text) => !(text in {}))
  // Names of the objects of a neighbour are refused, rightly.
  .filter((text) => !/-np$|-ip-|^apiserver-/.test(text));

const volumes = fc.record({
  ram: fc.boolean(),
  scratch: fc.boolean(),
  data: fc.constantFrom(undefined, 'default', 'beta2', 'beta3'),
});

const gpu = fc.constantFrom(
  undefined,
  { units: 1, attributes: { vendor: { nvidia: [] } } },
  {
    units: 8,
    attributes: { vendor: { nvidia: [{ model: 'h100', ram: '80Gi', interface: 'sxm' }] } },
  },
  {
    units: 2,
    attributes: { vendor: { nvidia: [{ model: 'rtx4090' }, { model: 'a100', ram: '40Gi' }] } },
  },
);

const ports = fc.uniqueArray(
  fc.record({
    port: fc.integer({ min: 1, max: 9999 }),
    // Below the ports that every service has, see exposeOf.
    as: fc.option(fc.integer({ min: 1, max: 39_999 }), { nil: undefined }),
    proto: fc.constantFrom('tcp', 'udp', undefined),
    global: fc.boolean(),
    ip: fc.boolean(),
  }),
  // One meaning per port, as the SDK and Kubernetes want it.
  { minLength: 0, maxLength: 4, selector: ({ as, port }) => as ?? port },
);

const service = fc.record({
  count: fc.integer({ min: 1, max: 5 }),
  milliCpu: fc.integer({ min: 10, max: 64_000 }),
  memoryMiB: fc.integer({ min: 1, max: 4096 }),
  volumes,
  gpu,
  ports,
  env: fc.array(
    fc.string().map((value) => `KEY=${value}`),
    { maxLength: 2 },
  ),
  profileOfFirst: fc.boolean(),
});

type ServiceDraft = typeof service extends fc.Arbitrary<infer T> ? T : never;

const storageOf = ({ volumes: v }: ServiceDraft): object[] => [
  { size: '1Gi' },
  ...(v.ram
    ? [{ name: 'ram', size: '64Mi', attributes: { class: 'ram', persistent: false } }]
    : []),
  ...(v.scratch ? [{ name: 'scratch', size: '2Gi' }] : []),
  ...(v.data === undefined
    ? []
    : [{ name: 'data', size: '5Gi', attributes: { class: v.data, persistent: true } }]),
];

const mountsOf = ({ volumes: v }: ServiceDraft): object => ({
  ...(v.ram && { ram: { mount: '/dev/shm' } }),
  ...(v.scratch && { scratch: { mount: '/scratch', readOnly: true } }),
  ...(v.data !== undefined && { data: { mount: '/data' } }),
});

const exposeOf = (draft: ServiceDraft, peer: string, index: number): object[] => [
  // Always one global port, so that every group has one.
  { port: 10_000 + index, as: 40_000 + index, to: [{ global: true }] },
  ...draft.ports.map(({ port, as, proto, global, ip }) => ({
    port,
    ...(as !== undefined && { as }),
    ...(proto !== undefined && { proto }),
    to: [global ? { global: true, ...(ip && { ip: `ip-of-${index}` }) } : { service: peer }],
  })),
];

const build = (named: readonly [string, ServiceDraft][], version: string): SDLInput => {
  const [[first, model]] = named as [[string, ServiceDraft]];
  // Services may share the first one's compute profile, whose units are then merged on chain.
  const profileOf = ([own, draft]: readonly [string, ServiceDraft]): string =>
    draft.profileOfFirst && JSON.stringify(mountsOf(draft)) === JSON.stringify(mountsOf(model))
      ? first
      : own;
  const endpoints = named.flatMap(([, draft], i) =>
    draft.ports.some((p) => p.global && p.ip) ? [[`ip-of-${i}`, { kind: 'ip' }]] : [],
  );
  return {
    version,
    ...(endpoints.length > 0 && { endpoints: Object.fromEntries(endpoints) as object }),
    services: Object.fromEntries(
      named.map(([own, draft], i) => [
        own,
        {
          image: `example/${own}:1`,
          env: draft.env,
          expose: exposeOf(draft, first, i),
          params: { storage: mountsOf(draft) },
        },
      ]),
    ),
    profiles: {
      compute: Object.fromEntries(
        named.map(([own, draft]) => [
          own,
          {
            resources: {
              cpu: { units: `${draft.milliCpu}m` },
              memory: { size: `${draft.memoryMiB}Mi` },
              storage: storageOf(draft),
              ...(draft.gpu && { gpu: draft.gpu }),
            },
          },
        ]),
      ),
      placement: Object.fromEntries(
        ['dc0', 'dc1'].map((group) => [
          group,
          {
            pricing: Object.fromEntries(named.map(([own]) => [own, { denom: 'uact', amount: 10 }])),
          },
        ]),
      ),
    },
    deployment: Object.fromEntries(
      named.map((entry, i) => [
        entry[0],
        { [`dc${i % 2}`]: { profile: profileOf(entry), count: entry[1].count } },
      ]),
    ),
  } as unknown as SDLInput;
};

/** An SDL of one to four services in one or two groups. */
export const arbitrarySdl: fc.Arbitrary<SDLInput> = fc
  .tuple(
    fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
    fc.array(service, { minLength: 4, maxLength: 4 }),
    fc.constantFrom('2.0', '2.1'),
  )
  .map(([names, drafts, version]) =>
    build(
      names.flatMap((own, i) => {
        const draft = drafts[i];
        return draft === undefined ? [] : [[own, draft] as [string, ServiceDraft]];
      }),
      version,
    ),
  );
