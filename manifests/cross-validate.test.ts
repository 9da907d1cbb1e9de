import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { GroupSpec } from '../market/resources.js';
import { arbitrarySdl } from '../test/golden/manifests/arbitrary-sdl.js';
import { fromSdl } from '../test/golden/manifests/from-sdl.js';
import { crossValidateManifest } from './cross-validate.js';
import type { Manifest, ManifestService } from './manifest.js';
import { validateManifest } from './validate.js';

const sdl = `
version: "2.0"
endpoints: { address: { kind: ip } }
services:
  api:
    image: api
    expose: [{ port: 9000, to: [{ service: web }] }]
  web:
    image: web
    expose:
      - { port: 80, accept: [a.example.com], to: [{ global: true, ip: address }] }
      - { port: 22, to: [{ global: true }] }
    params: { storage: { data: { mount: /data } } }
profiles:
  compute:
    api: { resources: { cpu: { units: 1 }, memory: { size: 1Gi }, storage: { size: 1Gi } } }
    web:
      resources:
        cpu: { units: 2, attributes: { arch: amd64 } }
        memory: { size: 2Gi }
        gpu: { units: 1, attributes: { vendor: { nvidia: [{ model: h100 }] } } }
        storage: [{ size: 1Gi }, { name: data, size: 5Gi, attributes: { class: beta2, persistent: true } }]
  placement:
    dc: { pricing: { api: { denom: uact, amount: 1 }, web: { denom: uact, amount: 1 } } }
deployment:
  api: { dc: { profile: api, count: 3 } }
  web: { dc: { profile: web, count: 2 } }
`;

type Edit = (service: ManifestService) => ManifestService;

const editing = (manifest: Manifest, name: string, edit: Edit): Manifest =>
  manifest.map((group) => ({
    ...group,
    services: (group.services ?? []).map((s) => (s.name === name ? edit(s) : s)),
  }));

const withResources =
  (change: Partial<ManifestService['resources']>): Edit =>
  (service) => ({ ...service, resources: { ...service.resources, ...change } });

describe('cross validation', () => {
  const tenant = fromSdl(sdl);
  const { manifest } = tenant.manifest;

  it('agrees with the groups of the same SDL', () => {
    expect(crossValidateManifest(manifest, tenant.groups)).toEqual([]);
  });

  it('agrees, whatever the SDL, and statically too', () => {
    fc.assert(
      fc.property(arbitrarySdl, (input) => {
        const any = fromSdl(input);
        expect(validateManifest(any.manifest.manifest)).toEqual([]);
        expect(crossValidateManifest(any.manifest.manifest, any.groups)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  const web = 'manifest[0].services[1]';
  const val = (text: string): { val: string } => ({ val: text });
  const beta3 = [
    { name: 'default', size: val('1073741824') },
    {
      name: 'data',
      size: val('5368709120'),
      attributes: [
        { key: 'class', value: 'beta3' },
        { key: 'persistent', value: 'true' },
      ],
    },
  ];
  it.each<[string, Edit, string, string]>([
    [
      'more CPU',
      withResources({ cpu: { units: val('3000') } }),
      'CpuDiffers',
      `${web}.resources.cpu`,
    ],
    [
      'the same CPU of any kind',
      withResources({ cpu: { units: val('2000') } }),
      'CpuDiffers',
      `${web}.resources.cpu`,
    ],
    [
      'more memory',
      withResources({ memory: { size: val('1') } }),
      'MemoryDiffers',
      `${web}.resources.memory`,
    ],
    [
      'more GPUs',
      withResources({ gpu: { units: val('8') } }),
      'GpuDiffers',
      `${web}.resources.gpu`,
    ],
    [
      'another GPU model',
      withResources({
        gpu: { units: val('1'), attributes: [{ key: 'vendor/nvidia/model/h200', value: 'true' }] },
      }),
      'GpuDiffers',
      `${web}.resources.gpu`,
    ],
    [
      'a storage class of more worth',
      withResources({ storage: beta3 }),
      'StorageDiffers',
      `${web}.resources.storage`,
    ],
    [
      'a volume less',
      withResources({ storage: beta3.slice(0, 1) }),
      'StorageDiffers',
      `${web}.resources.storage`,
    ],
    [
      'a unit that is not there',
      withResources({ id: 7 }),
      'ResourceUnitUnknown',
      `${web}.resources.id`,
    ],
    ['more replicas', (s) => ({ ...s, count: 3 }), 'ReplicasOverUsed', `${web}.count`],
    ['fewer replicas', (s) => ({ ...s, count: 1 }), 'ReplicasUnused', 'manifest[0]'],
    [
      'a port more',
      (s) => ({ ...s, expose: [...(s.expose ?? []), ...(s.expose ?? []).slice(0, 1)] }),
      'EndpointOverUsed',
      `${web}.expose[2]`,
    ],
    ['no ports', (s) => ({ ...s, expose: [] }), 'EndpointsUnused', 'manifest[0]'],
    [
      'another leased address',
      (s) => ({
        ...s,
        expose: (s.expose ?? []).map((e) =>
          e.ip === '' ? e : { ...e, endpointSequenceNumber: 2 },
        ),
      }),
      'EndpointOverUsed',
      `${web}.expose[1]`,
    ],
  ])('refuses %s and names the field', (_name, edit, wantCode, wantField) => {
    const found = crossValidateManifest(editing(manifest, 'web', edit), tenant.groups);
    expect(found).toContainEqual(expect.objectContaining({ code: wantCode, field: wantField }));
  });

  it('refuses groups that are missing, left over or named otherwise', () => {
    const codes = (m: Manifest, groups: readonly GroupSpec[]): string[] =>
      crossValidateManifest(m, groups).map((r) => r.code);
    expect(codes([], tenant.groups)).toEqual(['GroupCountDiffers']);
    expect(codes(manifest, [])).toEqual(['GroupCountDiffers', 'GroupUnknown']);
    expect(
      codes(
        manifest,
        tenant.groups.map((g) => ({ ...g, name: 'other' })),
      ),
    ).toEqual(['GroupUnknown']);
  });

  it('refuses a service group without services, whose units then lie idle', () => {
    const empty = manifest.map((group) => ({ ...group, services: null }));
    expect(crossValidateManifest(empty, tenant.groups).map((r) => r.code)).toEqual([
      'ReplicasUnused',
      'ReplicasUnused',
      'EndpointsUnused',
    ]);
  });

  it('compares attributes and volumes whatever their order', () => {
    const reversed = editing(manifest, 'web', (s) =>
      withResources({
        storage: (s.resources.storage ?? [])
          .map((v) => ({ ...v, attributes: v.attributes?.toReversed() }))
          .toReversed(),
      })(s),
    );
    expect(crossValidateManifest(reversed, tenant.groups)).toEqual([]);
  });
});
