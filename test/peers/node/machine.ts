/**
 * A node's own machine: mount, network and process namespaces whose first process is hack/node/machine.sh. Programs of the
 * node run inside; when the machine ends, or whoever started it, the kernel ends them all.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { logTail, type Program, type ProgramSpec, startProgram } from '../process.js';
import { waitFor } from '../wait.js';
import { FIXED_FOLDERS, LOCK_FILE, type NodeLayout } from './layout.js';
import { NodeError } from './types.js';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, '../../../hack/node/machine.sh');
/** flock's exit status when somebody else holds the lock. */
const LOCKED = 75;

/** A running machine. */
export interface Machine {
  /** Process id of its first process, seen from outside. */
  readonly pid: number;
  /** Starts a program inside. */
  readonly start: (spec: ProgramSpec) => Promise<Program>;
  /** Runs a command inside to its end and gives its standard output. */
  readonly run: (command: string, args: readonly string[]) => Promise<string>;
  /** @throws NodeError when the machine is gone */
  readonly guard: () => void;
  /** Pulls the plug. */
  readonly stop: () => Promise<void>;
}

const childOf = (pid: number): number | undefined => {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return child === undefined || child === '' ? undefined : Number(child);
  } catch {
    return undefined; // it has ended
  }
};

const enter = (pid: number, command: string, args: readonly string[]): readonly string[] => [
  ...['--target', String(pid), '--mount', '--net', '--pid', '--uts', '--', command, ...args],
];

/** nsenter waits for the program and ends as it does, so SIGTERM must go to the program itself. */
const politely = (program: Program): Program => ({
  ...program,
  stop: async (graceMs) => {
    const inside = childOf(program.pid);
    if (graceMs > 0 && inside !== undefined && program.ending() === undefined) {
      process.kill(inside, 'SIGTERM');
      const timer = setTimeout(() => void program.stop(0), graceMs);
      await program.ended;
      clearTimeout(timer);
    }
    // Killing nsenter alone would leave the program to the machine's first process.
    if (inside !== undefined && program.ending() === undefined) process.kill(inside, 'SIGKILL');
    await program.stop(0);
  },
});

const holder = (): string => {
  try {
    return readFileSync(LOCK_FILE, 'utf8').trim();
  } catch {
    return '';
  }
};

/** Boots a machine. @throws NodeError when another one is up here, or when the kernel or the rights do not allow it */
export const bootMachine = async (
  layout: NodeLayout,
  hostname: string,
  signal: AbortSignal,
): Promise<Machine> => {
  for (const dir of [
    layout.logs,
    layout.config,
    layout.kubelet,
    layout.podLogs,
    layout.volumes,
    ...FIXED_FOLDERS,
  ])
    mkdirSync(dir, { recursive: true });
  rmSync(layout.ready, { force: true });
  writeFileSync(join(layout.config, 'hostname'), `${hostname}\n`);
  const logPath = join(layout.logs, 'machine.log');
  const program = await startProgram({
    name: "the node's machine",
    command: 'flock',
    // Without a fork the lock is held by the machine itself, and goes when it goes.
    args: [
      ...['--nonblock', '--no-fork', '--conflict-exit-code', String(LOCKED), LOCK_FILE],
      ...['unshare', '--mount', '--net', '--pid', '--uts', '--fork', '--kill-child'],
      ...[SCRIPT, layout.dir],
    ],
    logPath,
  });
  const guard = (): void => {
    const ending = program.ending();
    if (ending === undefined) return;
    if (ending === `exit status ${LOCKED}`) {
      throw new NodeError(
        `another real node is up on this machine (${holder()}); one at a time: stop that one first`,
      );
    }
    throw new NodeError(`the node's machine ended (${ending}); ${logTail(logPath)}`);
  };
  try {
    await waitFor(
      "the node's machine to be set up",
      async () => {
        await access(layout.ready);
        return true;
      },
      { timeoutMs: 10_000, signal, guard },
    );
    const pid = childOf(program.pid);
    if (pid === undefined) throw new NodeError("the node's machine has no first process");
    writeFileSync(LOCK_FILE, `process ${program.pid}, folder ${layout.dir}\n`);
    return {
      pid,
      guard,
      start: async (spec) =>
        politely(
          await startProgram({
            ...spec,
            command: 'nsenter',
            args: enter(pid, spec.command, spec.args),
          }),
        ),
      run: async (command, args) => {
        const { stdout } = await run('nsenter', enter(pid, command, args), {
          maxBuffer: 16 * 1024 * 1024,
        });
        return stdout;
      },
      stop: () => program.stop(0),
    };
  } catch (error) {
    await program.stop(0);
    throw error;
  }
};
