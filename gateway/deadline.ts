/** Timers of the gateway: waiting, and not waiting for ever. */
import { systemClock } from '../chain/clock.js';
import type { UpstreamUnavailableError } from './problem.js';

/** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The process's own timer. */
export const realSleep: Sleep = (ms, signal) => systemClock.sleep(ms, signal);

/**
 * The result of `work`, or `late()` thrown after `ms`: a peer that accepts a question and never answers must not hold a
 * tenant's request. The work itself goes on unobserved.
 */
export const withDeadline = async <T>(
  work: Promise<T>,
  ms: number,
  late: () => UpstreamUnavailableError,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(late());
    }, ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
};
