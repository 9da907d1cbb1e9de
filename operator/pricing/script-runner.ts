/**
 * Runs a price script as the Akash provider does (provider-wire 1.6): the request on standard input, the price on standard
 * output, a bounded number at a time and a deadline each. Answers are kept, so that a decision finds them; it never waits.
 */
import { spawn } from 'node:child_process';
import { readScriptOutput, requestKey } from '../../bidengine/price-script.js';
import type { ScriptAnswer, ScriptRequest } from '../../bidengine/price-script.js';
import type { Clock } from '../clock.js';

export interface ScriptRunnerDeps {
  /** An executable file; it is started without arguments and without a shell. */
  readonly path: string;
  /** The environment that the script inherits. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly processLimit: number;
  readonly timeoutMs: number;
  /** How long an answer counts; prices move, and so may the script's. */
  readonly keepMs: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Called when an answer has come. */
  readonly onAnswer: () => void;
  /** What the script says on standard error. */
  readonly onStderr: (text: string) => void;
}

interface Kept {
  readonly answer: ScriptAnswer;
  readonly atMs: number;
}

/** Longest output that is read; a price takes a few dozen characters. */
const MAX_OUTPUT = 4_096;

export class ScriptRunner {
  readonly #deps: ScriptRunnerDeps;
  readonly #kept = new Map<string, Kept>();
  readonly #waiting = new Map<string, ScriptRequest>();
  readonly #running = new Set<string>();
  #stopped = false;

  constructor(deps: ScriptRunnerDeps) {
    this.#deps = deps;
  }

  /** The answer where there is a fresh one; otherwise the script is started, and `onAnswer` tells when to ask again. */
  readonly answerTo = (request: ScriptRequest): ScriptAnswer | undefined => {
    const key = requestKey(request);
    const now = this.#deps.clock.now();
    for (const [old, { atMs }] of this.#kept) {
      if (now - atMs > this.#deps.keepMs) this.#kept.delete(old);
    }
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept.answer;
    if (!this.#running.has(key) && !this.#stopped) this.#waiting.set(key, request);
    this.#startNext();
    return undefined;
  };

  /** Nothing more is started. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.clear();
  }

  #startNext(): void {
    for (const [key, request] of this.#waiting) {
      if (this.#running.size >= this.#deps.processLimit) return;
      this.#waiting.delete(key);
      this.#running.add(key);
      void this.#run(request).then((answer) => {
        this.#running.delete(key);
        this.#kept.set(key, { answer, atMs: this.#deps.clock.now() });
        this.#startNext();
        this.#deps.onAnswer();
      });
    }
  }

  /** Never rejects. */
  #run({ stdin, env }: ScriptRequest): Promise<ScriptAnswer> {
    const { path, timeoutMs, onStderr } = this.#deps;
    return new Promise((resolve) => {
      const failed = (message: string): void =>
        resolve({ ok: false, code: 'PriceScriptFailed', message: `the price script ${message}` });
      // A group of its own, so that what the script started ends with it.
      const child = spawn(path, [], { env: { ...this.#deps.env, ...env }, detached: true });
      let stdout = '';
      let timedOut = false;
      const end = (): void => {
        if (child.pid === undefined) return;
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // It ended by itself in the meantime.
        }
      };
      const deadline = setTimeout(() => {
        timedOut = true;
        end();
      }, timeoutMs);
      child.stdout.on('data', (chunk: Buffer) => {
        if (stdout.length <= MAX_OUTPUT) stdout += chunk.toString('utf8');
      });
      child.stderr.on('data', (chunk: Buffer) =>
        onStderr(chunk.toString('utf8').slice(0, MAX_OUTPUT)),
      );
      // A script need not read its input.
      child.stdin.on('error', () => undefined);
      child.on('error', (error) => {
        clearTimeout(deadline);
        failed(`could not be started: ${error.message}`);
      });
      child.on('close', (status, signal) => {
        clearTimeout(deadline);
        if (timedOut) {
          const message = `the price script took longer than ${timeoutMs} ms`;
          resolve({ ok: false, code: 'PriceScriptTimeout', message });
        } else if (status !== 0) failed(`ended with ${signal ?? `status ${status ?? 'unknown'}`}`);
        else resolve(readScriptOutput(stdout.slice(0, MAX_OUTPUT + 1)));
      });
      child.stdin.end(stdin);
    });
  }
}
