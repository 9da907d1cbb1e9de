import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { groupGpus } from '../market/resources.js';
import { readSdl } from './sdl.js';

const example = (name: string): string => readFileSync(`examples/${name}.yaml`, 'utf8');

describe('readSdl', () => {
  it.each([
    ['web-service', 0n],
    ['notebook', 1n],
    ['inference-server', 1n],
    ['training-job', 8n],
  ])(
    'reads examples/%s.yaml, whose manifest hashes to what goes on chain',
    async (name, wantGpus) => {
      const sdl = await readSdl(example(name));
      if (!sdl.ok) throw new Error(JSON.stringify(sdl.reasons));
      expect(sdl.groups.reduce((n, g) => n + groupGpus(g), 0n)).toBe(wantGpus);
      expect(createHash('sha256').update(sdl.manifest).digest('hex')).toBe(
        Buffer.from(sdl.hash).toString('hex'),
      );
    },
  );

  it.each([
    ['an unknown key', (s: string) => s.replace('services:', 'sevices:'), 'SdlInvalid', 'sevices'],
    [
      'a count that is no number',
      (s: string) => s.replace(/count: \d+/, 'count: many'),
      'SdlInvalid',
      'line',
    ],
    ['broken YAML', () => 'a: [', 'SdlSyntax', 'line'],
    ['an empty file', () => '', 'SdlInvalid', '/'],
  ])('refuses %s and says where', async (_name, spoil, wantCode, wantText) => {
    const sdl = await readSdl(spoil(example('web-service')));
    if (sdl.ok) throw new Error('was accepted');
    expect(sdl.reasons[0]?.code).toBe(wantCode);
    expect(sdl.reasons.map((r) => r.message).join('\n')).toContain(wantText);
  });

  it('refuses a bomb of aliases', async () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map(
        (k, i) =>
          `${k}: &${k} [${Array(9)
            .fill(`*${'abcdefg'[i] ?? 'a'}`)
            .join(',')}]`,
      ),
    ].join('\n');
    const sdl = await readSdl(bomb);
    expect(sdl.ok ? '' : sdl.reasons[0]?.code).toBe('SdlTooLarge');
  });
});
