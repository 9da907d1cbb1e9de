/** One node: CometBFT and the application, started and ended together. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startApp, type AppProcess } from './app-process.js';
import { spawnGuarded, type Guarded } from './guard.js';

export interface NodeOptions {
  /** Holds `config/` and `data/` of CometBFT, the state file and the logs. */
  readonly home: string;
  readonly rpcPort: number;
  /** Path of the cometbft binary. */
  readonly cometbft: string;
  readonly minGasPrice: string;
  readonly keepHeights: number;
  /** How long a start may take, milliseconds. */
  readonly startTimeoutMs: number;
}

/** Thrown when a node did not come up; the text ends with its last log lines. */
export class DevnetStartError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'DevnetStartError';
  }
}

export interface RestartOptions {
  /** See `AppProcessOptions.dieBeforeCommit`. */
  readonly dieBeforeCommit?: number;
}

const POLL_MS = 20;
/** How long CometBFT may take to close its stores before it is killed. */
const STOP_PATIENCE_MS = 5000;
const LOG_LINES = 15;

interface Running {
  readonly app: AppProcess;
  readonly comet: Guarded;
}

export class DevnetNode {
  readonly rpcUrl: string;
  readonly #options: NodeOptions;
  #running: Running | undefined;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.rpcUrl = `http://127.0.0.1:${options.rpcPort}`;
  }

  /** Process id of the application, to kill it in tests; `undefined` when not running. */
  get appPid(): number | undefined {
    return this.#running?.app.pid;
  }

  /** Starts both processes and waits until a block is committed and served. @throws DevnetStartError */
  async start({ dieBeforeCommit = 0 }: RestartOptions = {}, signal?: AbortSignal): Promise<void> {
    await this.kill();
    const { home, cometbft, minGasPrice, keepHeights } = this.#options;
    const appLog = openSync(join(home, 'app.log'), 'a');
    const cometLog = openSync(join(home, 'cometbft.log'), 'a');
    try {
      const database = join(home, 'state.sqlite');
      const app = await startApp({
        database,
        minGasPrice,
        keepHeights,
        dieBeforeCommit,
        output: appLog,
      });
      const args = ['start', '--home', home, '--proxy_app', `127.0.0.1:${app.port}`];
      const comet = spawnGuarded(cometbft, args, cometLog);
      this.#running = { app, comet };
    } catch (cause) {
      throw new DevnetStartError(`the application did not start: ${this.#logs()}`, cause);
    } finally {
      closeSync(appLog);
      closeSync(cometLog);
    }
    await this.#untilServing(signal);
  }

  /** Ends both in order: CometBFT first, so that it closes its stores, then the application. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    running.comet.terminate();
    const impatience = setTimeout(() => running.comet.kill(), STOP_PATIENCE_MS);
    await running.comet.ended;
    clearTimeout(impatience);
    running.app.terminate();
    await running.app.ended;
  }

  /** Stops CometBFT where it stands: no blocks, no votes, and an RPC that takes connections and does not answer. */
  pause(): void {
    this.#running?.comet.pause();
  }

  /** Lets it go on after {@link pause}. */
  resume(): void {
    this.#running?.comet.resume();
  }

  /** Kills both with -9. */
  async kill(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    running.app.kill();
    running.comet.kill();
    await Promise.all([running.app.ended, running.comet.ended]);
  }

  /** Resolves when the application has ended, by itself or killed. */
  async appEnded(): Promise<void> {
    await this.#running?.app.ended;
  }

  async #untilServing(signal: AbortSignal | undefined): Promise<void> {
    const deadline = performance.now() + this.#options.startTimeoutMs;
    const comet = { ended: false };
    const stopWatching = (): void => {
      comet.ended = true;
    };
    void this.#running?.comet.ended.then(stopWatching, stopWatching);
    while (!(await this.#hasBlock())) {
      if (signal?.aborted === true) {
        await this.kill();
        signal.throwIfAborted();
      }
      if (comet.ended || performance.now() > deadline) {
        await this.kill();
        const why = comet.ended
          ? 'CometBFT ended'
          : `no block within ${this.#options.startTimeoutMs} ms`;
        throw new DevnetStartError(`${why}: ${this.#logs()}`);
      }
      await delay(POLL_MS);
    }
  }

  /** Asks the application: CometBFT names a block a moment before the application has committed it and can be queried. */
  async #hasBlock(): Promise<boolean> {
    try {
      const answer = await fetch(`${this.rpcUrl}/abci_info`);
      const body = (await answer.json()) as {
        readonly result?: { readonly response: { readonly last_block_height?: string } };
      };
      return BigInt(body.result?.response.last_block_height ?? '0') > 0n;
    } catch {
      return false;
    }
  }

  #logs(): string {
    return ['app.log', 'cometbft.log']
      .map((name) => {
        const lines = readFileSync(join(this.#options.home, name), 'utf8').trimEnd().split('\n');
        return `\n--- ${name}\n${lines.slice(-LOG_LINES).join('\n')}`;
      })
      .join('');
  }
}
