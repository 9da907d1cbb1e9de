import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { packImage } from './docker-archive.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'berth-archive-'));
  mkdirSync(join(dir, 'root/bin'), { recursive: true });
  writeFileSync(join(dir, 'root/bin/tool'), 'text', { mode: 0o755 });
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const pack = async (name: string): Promise<string> => {
  const out = join(dir, name);
  await packImage(
    {
      references: ['berth.local/tool:1', 'docker.io/other/tool:2'],
      root: join(dir, 'root'),
      entrypoint: ['/bin/tool'],
      env: { A: 'b' },
      ports: [80],
    },
    out,
  );
  return out;
};
const inside = (archive: string, path: string): Buffer =>
  execFileSync('tar', ['--extract', '--to-stdout', '--file', archive, `./${path}`]);

interface Config {
  readonly config: Record<string, unknown>;
  readonly rootfs: unknown;
}

describe('an image archive', () => {
  it('names its config, its references and its layer as the Docker image format has it', async () => {
    const archive = await pack('a.tar');
    const [entry] = JSON.parse(inside(archive, 'manifest.json').toString()) as [
      { Config: string; RepoTags: string[]; Layers: string[] },
    ];
    expect(entry.RepoTags).toEqual(['berth.local/tool:1', 'docker.io/other/tool:2']);
    const layer = inside(archive, entry.Layers[0] ?? '');
    const bytes = inside(archive, entry.Config);
    expect(entry.Config).toBe(`${createHash('sha256').update(bytes).digest('hex')}.json`);
    const config = JSON.parse(bytes.toString()) as Config;
    expect(config.rootfs).toEqual({
      type: 'layers',
      diff_ids: [`sha256:${createHash('sha256').update(layer).digest('hex')}`],
    });
    expect(config.config).toMatchObject({
      Entrypoint: ['/bin/tool'],
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'A=b'],
      ExposedPorts: { '80/tcp': {} },
    });
    const listed = execFileSync('tar', ['--list', '--verbose', '--numeric-owner'], {
      input: layer,
    });
    expect(listed.toString()).toMatch(/-rwxr-xr-x 0\/0 +4 1970-01-01 \d\d:\d\d \.\/bin\/tool/);
  });

  it('of the same folder has the same bytes', async () => {
    const [a, b] = [await pack('a.tar'), await pack('b.tar')];
    expect(readFileSync(a).equals(readFileSync(b))).toBe(true);
  });
});
