/** Nothing of a devnet outlives the process that started it, and a start that cannot work says why. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import { startDevnet } from '../../../devnet/process.js';
import { eventually } from './harness.js';

jest.setTimeout(60_000);

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Processes whose command line names `folder`. */
const processesOf = async (folder: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(folder)) found.push(pid);
  }
  return found;
};

describe('processes of a devnet', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('are gone after the parent got %s', async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-devnet-orphan-'));
    const parent = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        'devnet/main.ts',
        '--dir',
        join(folder, 'chain'),
        '--block-time',
        '200ms',
        '--rpc-port',
        '0',
      ],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    // The parent itself, the application, CometBFT and its guard with the guard's watcher.
    expect((await processesOf(folder)).length).toBeGreaterThanOrEqual(4);
    parent.kill(signal);
    await eventually('the end of every process', async () =>
      (await processesOf(folder)).length === 0 ? true : undefined,
    );
    await rm(folder, { recursive: true });
  });

  it('do not stay when the start fails, which names what went wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-devnet-orphan-'));
    const start = startDevnet({ dir: join(folder, 'chain'), genesis: { markt: {} } });
    await expect(start).rejects.toThrow(/app_state\.markt: no such module/);
    expect(await processesOf(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('are never started over a chain that is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-devnet-orphan-'));
    await mkdir(join(folder, 'config'), { recursive: true });
    await writeFile(join(folder, 'config/genesis.json'), '{}');
    await expect(startDevnet({ dir: folder })).rejects.toThrow(/EEXIST/);
    await rm(folder, { recursive: true });
  });
});
