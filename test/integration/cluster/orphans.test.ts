import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { assertRunning, ProgramError, startProgram } from '../../peers/process.js';
import { waitFor } from '../../peers/wait.js';

jest.setTimeout(30_000);
const root = join(import.meta.dirname, '../../..');
const WAIT = { timeoutMs: 20_000 };

/** Whether the process runs; a zombie that nobody has collected yet does not. */
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a program of a peer', () => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-orphans-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('dies with its parent, also when the parent is killed with SIGKILL', async () => {
    const script = `
      import { assertRunning, ProgramError, startProgram } from './test/peers/process.ts';
      const program = await startProgram({
        name: 'sleeper', command: 'sleep', args: ['600'], logPath: ${JSON.stringify(join(dir, 'log'))},
      });
      console.log(program.pid);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const pid = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    });
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await waitFor('the sleeper to be gone', async () => !isAlive(pid) || undefined, WAIT);
  });

  it('that ended by itself is reported with its status and the end of its log', async () => {
    const program = await startProgram({
      name: 'fragile',
      command: 'sh',
      args: ['-c', 'echo the disk is full; exit 3'],
      logPath: join(dir, 'fragile.log'),
    });
    await program.ended;
    expect(() => assertRunning(program)).toThrow(ProgramError);
    expect(() => assertRunning(program)).toThrow(
      /fragile ended \(exit status 3\).*the disk is full/s,
    );
  });

  it('is killed when it ignores SIGTERM for longer than its grace', async () => {
    const program = await startProgram({
      name: 'stubborn',
      command: 'sh',
      args: ['-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'],
      logPath: join(dir, 'stubborn.log'),
    });
    await waitFor(
      'its trap',
      async () => readFileSync(program.logPath, 'utf8').includes('ready') || undefined,
      WAIT,
    );
    await program.stop(50);
    expect(program.ending()).toBe('signal SIGKILL');
  });
});
