/** Starts the application as a Node process of its own, so that it can be killed while everything else lives. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface AppProcessOptions {
  /** State file. */
  readonly database: string;
  /** uakt per gas, decimal text. */
  readonly minGasPrice: string;
  /** How many past heights answer queries. */
  readonly keepHeights: number;
  /** Tests only: kill -9 itself after executing this height, before storing it. 0 for never. */
  readonly dieBeforeCommit: number;
  /** File descriptor for its output. */
  readonly output: number;
}

export interface AppProcess {
  readonly pid: number;
  /** Where it serves ABCI. */
  readonly port: number;
  readonly ended: Promise<void>;
  terminate(): void;
  kill(): void;
}

const source = import.meta.url.endsWith('.ts');
const entry = fileURLToPath(
  new URL(source ? '../abci/main.ts' : '../abci/main.js', import.meta.url),
);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Resolves when it serves. @throws Error when it ends before that */
export const startApp = async (options: AppProcessOptions): Promise<AppProcess> => {
  const child = fork(
    entry,
    [
      ...['--database', options.database],
      ...['--min-gas-price', options.minGasPrice],
      ...['--keep-heights', options.keepHeights.toString()],
      ...['--die-before-commit', options.dieBeforeCommit.toString()],
    ],
    {
      cwd: root,
      // From source the .js suffixes of our imports need tsx; node:sqlite still warns on start.
      execArgv: ['--disable-warning=ExperimentalWarning', ...(source ? ['--import', 'tsx'] : [])],
      stdio: ['ignore', options.output, options.output, 'ipc'],
      detached: true,
    },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`the application ended before it served (${signal ?? code ?? 'unknown'})`)),
    );
    child.once('message', (message) => resolve((message as { readonly port: number }).port));
  });
  return {
    pid: child.pid ?? 0,
    port,
    ended,
    terminate: () => {
      child.kill('SIGTERM');
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
};
