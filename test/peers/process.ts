/**
 * Programs that a peer is made of. Each runs in a process group of its own, writes to a log file, and is killed by the
 * kernel when the process that started it ends in any way, kill -9 included (prctl PR_SET_PDEATHSIG, through util-linux'
 * setpriv): an interrupted test run leaves nothing behind. Linux only.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** What to run. */
export interface ProgramSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Standard output and error are appended here. */
  readonly logPath: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that was started. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly logPath: string;
  /** How it ended, for example "exit status 1" or "signal SIGKILL"; undefined while it runs. */
  readonly ending: () => string | undefined;
  /** Resolves when it has ended, however that happened. */
  readonly ended: Promise<void>;
  /** Sends SIGTERM, and SIGKILL after `graceMs` (0 kills at once); resolves when it has ended. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** A program that could not start, or ended by itself. The message quotes the last lines of its log. */
export class ProgramError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProgramError';
  }
}

/** The last lines of a log, indented for quoting; a sentence when there are none. */
export const logTail = (logPath: string, lines = 12): string => {
  let text: string;
  try {
    text = readFileSync(logPath, 'utf8');
  } catch {
    text = '';
  }
  const last = text.trimEnd().split('\n').slice(-lines).join('\n    ');
  return last === '' ? `(${logPath} is empty)` : `the end of ${logPath}:\n    ${last}`;
};

/** @throws ProgramError when `program` has ended */
export const assertRunning = (program: Program): void => {
  const ending = program.ending();
  if (ending !== undefined) {
    throw new ProgramError(`${program.name} ended (${ending}); ${logTail(program.logPath)}`);
  }
};

const killGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
};

/** Starts a program. @throws ProgramError when it cannot be executed at all */
export const startProgram = async (spec: ProgramSpec): Promise<Program> => {
  const out = openSync(spec.logPath, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', spec.command, ...spec.args], {
    detached: true, // a group of its own: Ctrl-C reaches the parent, which ends things in order
    stdio: ['ignore', out, out],
    env: { ...process.env, ...spec.env },
  });
  closeSync(out);
  let ending: string | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      ending = signal === null ? `exit status ${code ?? 'unknown'}` : `signal ${signal}`;
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new ProgramError(
          error.code === 'ENOENT'
            ? 'setpriv is not installed; it is part of util-linux (Linux only)'
            : `${spec.name} could not be started: ${error.message}`,
        ),
      );
    });
  });
  const pid = child.pid;
  if (pid === undefined) throw new ProgramError(`${spec.name} has no process id`);
  return {
    name: spec.name,
    pid,
    logPath: spec.logPath,
    ending: () => ending,
    ended,
    stop: async (graceMs) => {
      if (ending !== undefined) return;
      killGroup(pid, graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
      const timer = setTimeout(() => {
        killGroup(pid, 'SIGKILL');
      }, graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
};
