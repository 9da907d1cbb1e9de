/**
 * Packs a folder into a `docker save` archive with one layer, which `ctr images import` takes (format: Docker Image
 * Specification v1.2, "Combined Image JSON + Filesystem Changeset Format"). The same folder gives the same bytes.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What to pack. */
export interface ImageSpec {
  /** References to give it, `registry/name:tag`; the first is its own, others are names it stands in for. */
  readonly references: readonly string[];
  /** Folder that becomes the image's root. */
  readonly root: string;
  readonly entrypoint: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly ports?: readonly number[];
  /** `uid:gid`; root when left out. */
  readonly user?: string;
  /** Where the process starts; `/` when left out. */
  readonly workingDir?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** One owner, one date, one order: what the archive holds decides its bytes, not when or where it was packed. */
const SAME = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'];

const tar = (out: string, dir: string): Promise<unknown> =>
  run('tar', [...SAME, '--create', '--file', out, '--directory', dir, '.']);

const sha256 = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

/** Writes the archive to `out`. */
export const packImage = async (spec: ImageSpec, out: string): Promise<void> => {
  mkdirSync(dirname(out), { recursive: true });
  const stage = mkdtempSync(`${out}-`);
  try {
    const layer = join(stage, 'layer.tar');
    await tar(layer, spec.root);
    const config = JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      created: new Date(0).toISOString(),
      config: {
        Entrypoint: spec.entrypoint,
        Env: Object.entries({
          PATH: '/usr/local/bin:/usr/bin:/bin',
          ...spec.env,
        }).map(([key, value]) => `${key}=${value}`),
        WorkingDir: spec.workingDir ?? '/',
        ...(spec.user === undefined ? {} : { User: spec.user }),
        ...(spec.labels === undefined ? {} : { Labels: spec.labels }),
        ExposedPorts: Object.fromEntries((spec.ports ?? []).map((port) => [`${port}/tcp`, {}])),
      },
      rootfs: { type: 'layers', diff_ids: [`sha256:${await sha256(layer)}`] },
      history: [{ created: new Date(0).toISOString(), created_by: 'hack/images' }],
    });
    const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
    writeFileSync(join(stage, configName), config);
    writeFileSync(
      join(stage, 'manifest.json'),
      JSON.stringify([{ Config: configName, RepoTags: spec.references, Layers: ['layer.tar'] }]),
    );
    await tar(out, stage);
  } finally {
    rmSync(stage, { recursive: true });
  }
};
