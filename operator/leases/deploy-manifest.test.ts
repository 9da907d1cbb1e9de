import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../config.js';
import { aBid } from '../testing/an-intent.js';
import { aManifest } from '../testing/tenant.js';
import { buildManifest } from './deploy-manifest.js';
import { workloadSettings } from './workload-settings.js';

const settings = workloadSettings(parseConfig('keyFile: /unused', 'test'), {
  spec: {
    domain: 'provider.example.com',
    ingress: { domain: 'ingress.example.com', staticHosts: true },
  },
} as never);
const build = (bytes: Uint8Array, group = 'westcoast') =>
  buildManifest(aBid().id, group, { bytes, hash: 'ab' }, [], settings);

describe('buildManifest', () => {
  it('builds the objects of the group of the lease', () => {
    const built = build(aManifest());
    expect(built.ok && built.objects.map((o) => o.kind)).toEqual(
      expect.arrayContaining(['Deployment', 'Service', 'Ingress']),
    );
  });

  it.each<[string, Uint8Array, string, string]>([
    ['a group that it does not have', aManifest(), 'eastcoast', 'ManifestGroupMissing'],
    ['bytes that are no JSON', new Uint8Array([1]), 'westcoast', 'ManifestNotJson'],
  ])('%s', (_name, bytes, group, want) => {
    const built = build(bytes, group);
    expect(built.ok ? undefined : built.reason.code).toBe(want);
  });
});
