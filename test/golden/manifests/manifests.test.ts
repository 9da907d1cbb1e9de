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
import type { ServicePlacement } from '../../../manifests/lease-workload.js';
import { manifestGroup } from '../../../manifests/manifest.js';
import type { KubernetesObject } from '../../../manifests/synth.js';
import { validateManifest } from '../../../manifests/validate.js';
import { manifestVersion } from '../../../manifests/version.js';
import { type FromSdl, fromSdl } from './from-sdl.js';
import { someLease, someSettings as settings } from './settings.js';

const here = new URL('.', import.meta.url);
const examples = new URL('../../../examples/', here);

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
    const id = { ...someLease, gseq: i + 1 };
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
