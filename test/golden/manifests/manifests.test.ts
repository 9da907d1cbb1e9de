/**
 * What Kubernetes is asked to run, as YAML to read and review. After an intended change rewrite the files with
 * `UPDATE_GOLDEN=1 npm run jest -- --selectProjects golden --testPathPatterns manifests` and look at the difference.
 */
import { describe, expect, it } from '@jest/globals';
import { validateSDL, type SDLInput } from '@akashnetwork/chain-sdk';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { buildLease } from '../../../manifests/build-lease.js';
import { buildNamespace } from '../../../manifests/build-namespace.js';
import { crossValidateManifest } from '../../../manifests/cross-validate.js';
import { toHex } from '../../../manifests/digest.js';
import type { ServicePlacement, WorkloadSettings } from '../../../manifests/lease-workload.js';
import { manifestGroup } from '../../../manifests/manifest.js';
import type { KubernetesObject } from '../../../manifests/synth.js';
import { validateManifest } from '../../../manifests/validate.js';
import { manifestVersion } from '../../../manifests/version.js';
import { type FromSdl, fromSdl } from './from-sdl.js';

const here = new URL('.', import.meta.url);
const examples = new URL('../../../examples/', here);

const settings: WorkloadSettings = {
  ingressClassName: 'akash-ingress-class',
  ingressDomain: 'ingress.provider.example',
  staticHosts: true,
  publicHostname: 'provider.example',
  gpuRuntimeClassName: 'nvidia',
  clusterCidrs: ['10.42.0.0/16', '10.43.0.0/16', '203.0.113.0/24', '2001:db8:42::/56'],
  ingressController: {
    namespaceLabels: { 'app.kubernetes.io/name': 'ingress-nginx' },
    podLabels: { 'app.kubernetes.io/name': 'ingress-nginx' },
  },
  clusterDns: {
    namespaceLabels: { 'kubernetes.io/metadata.name': 'kube-system' },
    podLabels: { 'k8s-app': 'kube-dns' },
  },
  apiServerEndpoints: [{ ip: '203.0.113.10', port: 6443 }],
};

const leaseId = {
  owner: 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh',
  dseq: 1234n,
  gseq: 1,
  oseq: 1,
  provider: 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63',
  bseq: 0,
};

const h100: ServicePlacement = {
  nodes: ['gpu-1'],
  gpu: { vendor: 'nvidia', model: 'h100', ram: '80Gi', interface: 'sxm' },
};
const rtx4090: ServicePlacement = {
  nodes: ['gpu-7'],
  gpu: { vendor: 'nvidia', model: 'rtx4090', ram: '24Gi', interface: 'pcie' },
};

interface Case {
  readonly name: string;
  readonly sdl: URL;
  readonly placement: Readonly<Record<string, ServicePlacement>>;
}

const placements: Readonly<Record<string, Case['placement']>> = {
  'inference-server': { vllm: h100 },
  'training-job': { train: h100 },
  notebook: { notebook: rtx4090 },
  'ram-volume': { worker: rtx4090 },
  'web-service': { web: { nodes: ['cpu-1', 'cpu-2'] } },
};

const casesIn = (folder: URL): readonly Case[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => {
      const name = file.replace(/\.yaml$/, '');
      return { name, sdl: new URL(file, folder), placement: placements[name] ?? {} };
    });
const cases = [...casesIn(examples), ...casesIn(new URL('sdl/', here))];

const objectsOf = (sdl: FromSdl, placement: Case['placement']): readonly KubernetesObject[] =>
  sdl.groups.flatMap((spec, i) => {
    const group = manifestGroup(sdl.manifest.manifest, spec.name);
    if (group === undefined) throw new Error(`no group ${spec.name}`);
    const id = { ...leaseId, gseq: i + 1 };
    const manifestHash = toHex(manifestVersion(sdl.manifest.received));
    return [
      ...buildNamespace({ leaseId: id, group: spec, settings }),
      ...buildLease({ leaseId: id, group, manifestHash, settings, placement }),
    ];
  });

/** YAML 1.1, because that is what kubectl reads: `off` must be quoted there. */
const toYaml = (objects: readonly KubernetesObject[]): string =>
  objects
    .map(
      (object) =>
        `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' })}`,
    )
    .join('');

describe('golden manifests', () => {
  it.each(cases.map((c) => [c.name, c] as const))('%s', (name, { sdl: url, placement }) => {
    const text = readFileSync(url, 'utf8');
    expect(validateSDL(parse(text) as SDLInput, 'mainnet')).toBeUndefined();
    const sdl = fromSdl(text);
    expect(validateManifest(sdl.manifest.manifest)).toEqual([]);
    expect(crossValidateManifest(sdl.manifest.manifest, sdl.groups)).toEqual([]);

    const actual = toYaml(objectsOf(sdl, placement));
    const file = new URL(`expected/${name}.yaml`, here);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, actual);
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(actual);
  });

  it('has no expectation without a case', () => {
    const names = cases.map(({ name }) => `${name}.yaml`);
    expect(new Set(names).size).toBe(names.length);
    expect(readdirSync(new URL('expected/', here)).sort()).toEqual([...names].sort());
  });
});
