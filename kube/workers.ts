/** Workers on a queue: each key is reconciled, and comes back after its wish, after a failure, or when it is added. */
import { isKubeError } from './errors.js';
import type { WorkQueue } from './work-queue.js';

/** What a reconcile wishes for; nothing means: only when something changes. */
export interface ReconcileResult {
  readonly requeueAfterMs?: number | undefined;
}

/** Brings one key's world to its wanted state. Rejecting means: try again later, with back-off. */
export type Reconcile<K extends string> = (
  key: K,
  signal: AbortSignal,
) => Promise<ReconcileResult | undefined>;

export interface WorkersOptions<K extends string> {
  readonly queue: WorkQueue<K>;
  readonly reconcile: Reconcile<K>;
  /** Keys worked on at the same time. */
  readonly concurrency: number;
  /** Hears of each failure and of the delay until the next try. */
  readonly onError: (error: unknown, key: K, delayMs: number) => void;
}

const work = async <K extends string>(
  { queue, reconcile, onError }: WorkersOptions<K>,
  key: K,
  signal: AbortSignal,
): Promise<void> => {
  try {
    const result = await reconcile(key, signal);
    queue.forget(key);
    if (result?.requeueAfterMs !== undefined) queue.addAfter(key, result.requeueAfterMs);
  } catch (error) {
    // A reconcile that was told to stop did not fail.
    if (signal.aborted) return;
    const asked = isKubeError(error) ? (error.retryAfterMs ?? 0) : 0;
    onError(error, key, queue.addRateLimited(key, asked));
  } finally {
    queue.done(key);
  }
};

/** Runs until the signal aborts and the work in progress is over; never rejects. The queue is closed then. */
export const runWorkers = async <K extends string>(
  options: WorkersOptions<K>,
  signal: AbortSignal,
): Promise<void> => {
  const worker = async (): Promise<void> => {
    for (;;) {
      const key = await options.queue.next(signal);
      if (key === undefined) return;
      await work(options, key, signal);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  options.queue.close();
};
