/** A program that is started again when it ends, as a kubelet does with a container: with a back-off, until stopped. */
import { startProgram } from '../peers/process.js';
import type { Program, ProgramSpec } from '../peers/process.js';

export interface Supervised {
  readonly name: string;
  readonly logPath: string;
  /** Process id of the present incarnation, `undefined` between two. */
  pid(): number | undefined;
  /** How often it was started. */
  starts(): number;
  /** kill -9; it comes back by itself unless `hold`. */
  kill(options?: { readonly hold?: boolean }): Promise<void>;
  /** SIGTERM, as a rollout does; it comes back by itself unless `hold`. Says how it ended, for example "exit status 0". */
  terminate(options?: { readonly hold?: boolean }): Promise<string>;
  /** Lets a held program come back. */
  release(): void;
  /** SIGTERM, for good. */
  stop(): Promise<void>;
}

const BACKOFF_MS = [100, 500, 1000, 2000] as const;

/** Starts the program and keeps it running. @throws ProgramError when it cannot be executed at all */
export const supervise = async (spec: ProgramSpec): Promise<Supervised> => {
  let current: Program | undefined = await startProgram(spec);
  let starts = 1;
  let stopped = false;
  let held: Promise<void> | undefined;
  let release: () => void = () => undefined;
  const cancel = new AbortController();

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      cancel.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });

  const watch = async (): Promise<void> => {
    for (let quick = 0; ; quick += 1) {
      const startedAt = performance.now();
      await current?.ended;
      current = undefined;
      if (stopped) return;
      if (performance.now() - startedAt > 10_000) quick = 0;
      await held;
      await pause(BACKOFF_MS[Math.min(quick, BACKOFF_MS.length - 1)] ?? 2000);
      if (cancel.signal.aborted) return;
      current = await startProgram(spec);
      starts += 1;
    }
  };
  const watching = watch();
  const end = async (graceMs: number, hold: boolean): Promise<string> => {
    if (hold) {
      held = new Promise((resolve) => {
        release = resolve;
      });
    }
    const ending = current;
    await ending?.stop(graceMs);
    return ending?.ending() ?? 'not running';
  };

  return {
    name: spec.name,
    logPath: spec.logPath,
    pid: () => current?.pid,
    starts: () => starts,
    kill: async ({ hold = false } = {}) => {
      await end(0, hold);
    },
    terminate: ({ hold = false } = {}) => end(10_000, hold),
    release: () => {
      held = undefined;
      release();
    },
    stop: async () => {
      stopped = true;
      cancel.abort();
      release();
      await current?.stop(10_000);
      await watching;
    },
  };
};
