/**
 * Runs a program that knows nothing of its parent so that it never outlives it: a small shell holds a pipe whose other
 * end is ours. When the pipe closes, also because we were killed with -9, it kills the program.
 */
import { spawn, type ChildProcess } from 'node:child_process';

const GUARD = `
exec 3<&0
"$@" </dev/null 3<&- & program=$!
trap 'kill -TERM $program 2>/dev/null; kill -CONT $program 2>/dev/null' TERM
trap 'kill -STOP $program 2>/dev/null' USR1
trap 'kill -CONT $program 2>/dev/null' USR2
( trap '' TERM USR1 USR2; while read -r line; do :; done; kill -KILL $program 2>/dev/null ) <&3 & watcher=$!
exec 3<&- </dev/null
while :; do
  wait $program; code=$?
  kill -0 $program 2>/dev/null || break
done
kill -KILL $watcher 2>/dev/null
exit $code
`;

/** A guarded program. */
export interface Guarded {
  readonly process: ChildProcess;
  /** Resolves when it has ended, with its exit code (128 + signal when killed). */
  readonly ended: Promise<number>;
  /** Asks it to end. */
  terminate(): void;
  /** Stops it where it stands (SIGSTOP): its sockets stay and nobody answers. */
  pause(): void;
  resume(): void;
  /** Ends it with SIGKILL. */
  kill(): void;
}

/** @param output file descriptor that takes both output streams */
export const spawnGuarded = (program: string, args: readonly string[], output: number): Guarded => {
  // Detached: a Ctrl-C in the terminal reaches us alone, and we end the program in order.
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', program, ...args], {
    stdio: ['pipe', output, output],
    detached: true,
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
  // A pipe to a program that has just ended is no fault of ours.
  child.stdin?.on('error', () => undefined);
  return {
    process: child,
    ended,
    terminate: () => {
      child.kill('SIGTERM');
    },
    pause: () => {
      child.kill('SIGUSR1');
    },
    resume: () => {
      child.kill('SIGUSR2');
    },
    kill: () => {
      child.stdin?.destroy();
    },
  };
};
