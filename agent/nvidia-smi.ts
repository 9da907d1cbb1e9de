/**
 * Runs `nvidia-smi -q -x` without ever waiting for it longer than allowed. A process in uninterruptible sleep does not die of a
 * signal (leptonai/gpud#117): it is left behind, and no other one is started beside it.
 */
import { execFile } from 'node:child_process';

export type SmiAnswer =
  | { readonly ok: true; readonly xml: string }
  | {
      readonly ok: false;
      readonly why: 'timeout' | 'still-hanging' | 'failed';
      readonly detail: string;
    };

/** Starts the program and calls back when it has ended; replaced in tests. */
export type Start = (onEnd: (error: Error | null, stdout: string) => void) => {
  kill(signal: 'SIGKILL'): unknown;
};

const MOST_BYTES = 16 * 2 ** 20;

/** The program at `path`, or of that name in the search path. */
export const nvidiaSmiAt =
  (path: string): Start =>
  (onEnd) =>
    execFile(path, ['-q', '-x'], { maxBuffer: MOST_BYTES }, onEnd);

/** Asks one at a time. */
export class NvidiaSmi {
  readonly #start: Start;
  readonly #timeout: (ms: number) => AbortSignal;
  #hanging = false;

  constructor(start: Start, timeout: (ms: number) => AbortSignal) {
    this.#start = start;
    this.#timeout = timeout;
  }

  /** Resolves within `timeoutMs`, whatever the program does. */
  async ask(timeoutMs: number): Promise<SmiAnswer> {
    if (this.#hanging) {
      const detail = 'an earlier nvidia-smi has still not ended';
      return { ok: false, why: 'still-hanging', detail };
    }
    this.#hanging = true;
    return new Promise((resolve) => {
      const over = this.#timeout(timeoutMs);
      const child = this.#start((error, stdout) => {
        this.#hanging = false;
        resolve(
          error === null
            ? { ok: true, xml: stdout }
            : { ok: false, why: 'failed', detail: error.message },
        );
      });
      const giveUp = (): void => {
        child.kill('SIGKILL');
        const detail = `nvidia-smi did not answer within ${timeoutMs} ms`;
        resolve({ ok: false, why: 'timeout', detail });
      };
      if (over.aborted) giveUp();
      else over.addEventListener('abort', giveUp, { once: true });
    });
  }
}
