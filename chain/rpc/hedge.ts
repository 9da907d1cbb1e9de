/**
 * One request to several endpoints, one after the other and not waiting for the slow: when an attempt fails the next one
 * starts at once, when it takes long the next one starts beside it, and the first answer ends all.
 */
import type { ChainClock } from '../clock.js';

/** One endpoint to try. */
export interface Attempt<T> {
  /** How long it may be silent before the next one is started beside it, milliseconds. */
  readonly patienceMs: number;
  /** Rejects with a fault (then others are tried) or with anything else, which is final. */
  run(signal: AbortSignal): Promise<T>;
  /** Told when another one answered first, with how long this one had been asked, milliseconds. */
  readonly overtaken: (afterMs: number) => void;
}

export type Hedged<T> =
  { readonly kind: 'answer'; readonly value: T } | { readonly kind: 'all-failed' };

/** Why a race's losers are given up. */
export const OVERTAKEN = 'another endpoint answered first';

/** @throws what an attempt threw that `isFault` does not hold for */
export const hedge = <T>(
  attempts: readonly Attempt<T>[],
  clock: ChainClock,
  isFault: (error: unknown) => boolean,
): Promise<Hedged<T>> =>
  new Promise((resolve, reject) => {
    const over = new AbortController();
    const running = new Map<Attempt<T>, number>();
    let next = 0;
    const end = (settle: () => void): void => {
      if (over.signal.aborted) return;
      over.abort(OVERTAKEN);
      for (const [attempt, since] of running) attempt.overtaken(clock.now() - since);
      settle();
    };
    const start = (): void => {
      const attempt = attempts[next];
      if (over.signal.aborted || attempt === undefined) return;
      next += 1;
      running.set(attempt, clock.now());
      const settled = new AbortController();
      attempt.run(over.signal).then(
        (value) => {
          running.delete(attempt);
          settled.abort();
          end(() => {
            resolve({ kind: 'answer', value });
          });
        },
        (error: unknown) => {
          running.delete(attempt);
          settled.abort();
          if (over.signal.aborted) return;
          if (!isFault(error)) {
            end(() => {
              reject(error instanceof Error ? error : new Error(String(error)));
            });
          } else if (next < attempts.length) {
            start();
          } else if (running.size === 0) {
            end(() => {
              resolve({ kind: 'all-failed' });
            });
          }
        },
      );
      const waiting = AbortSignal.any([over.signal, settled.signal]);
      void clock.sleep(attempt.patienceMs, waiting).then(() => {
        if (!waiting.aborted) start();
      });
    };
    if (attempts.length === 0) resolve({ kind: 'all-failed' });
    start();
  });
