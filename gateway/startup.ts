/** Waiting for what the gateway needs, and noticing when it is renewed. */
import type { Logger } from 'pino';
import { realSleep } from './deadline.js';

/** Between two looks at what is missing. */
const RETRY_MS = 1000;

interface Running {
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Repeats `read` until it succeeds, and says why it waits, once per reason. `undefined` when told to stop. */
export const untilThere = async <T>(
  read: () => Promise<T>,
  { log, signal }: Running,
  waiting: (why: string) => void,
): Promise<T | undefined> => {
  let said = '';
  while (!signal.aborted) {
    try {
      return await read();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      waiting(why);
      if (why !== said) log.warn({ err: error }, 'waiting for what is missing');
      said = why;
      await realSleep(RETRY_MS, signal);
    }
  }
  return undefined;
};

export interface ReloadOptions<T> extends Running {
  readonly everyMs: number;
  readonly read: () => Promise<T>;
  /** What is in use now. */
  readonly first: T;
  readonly use: (value: T) => void;
}

/** Puts renewed certificates to use; failures keep the present ones. Runs until the signal aborts. */
export const reloadCertificates = async <T>(options: ReloadOptions<T>): Promise<void> => {
  const { log, signal } = options;
  let shown = JSON.stringify(options.first);
  for (;;) {
    await realSleep(options.everyMs, signal);
    if (signal.aborted) return;
    try {
      const value = await options.read();
      const current = JSON.stringify(value);
      if (current === shown) continue;
      options.use(value);
      shown = current;
      log.info('renewed certificates are in use');
    } catch (err) {
      log.warn({ err }, 'certificates could not be reloaded; the present ones stay in use');
    }
  }
};
