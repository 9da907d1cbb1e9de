/** Leads while elected: the Lease is kept until everything done under it has ended, so that two never act at once. */
import { LeaderElector } from '../kube/leader-elector.js';
import type { LeaderElectorOptions } from '../kube/leader-elector.js';

export type LeadershipOptions = Omit<LeaderElectorOptions, 'onElected' | 'onLost'> & {
  readonly onElected: (token: number) => void;
  /** Leadership was lost against our will: the work must end at once. */
  readonly onLost: (why: Error) => void;
};

/**
 * Competes until `signal` aborts; once elected runs `work`, which must end soon after `signal` aborts, and only then gives
 * the Lease back. Resolves when nothing runs any more. @throws what `work` rejects with
 */
export const workWhileLeading = async (
  options: LeadershipOptions,
  work: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  const hold = new AbortController();
  let working: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  const standDown = (): void => {
    if (working === undefined) hold.abort();
  };
  signal.addEventListener('abort', standDown, { once: true });
  if (signal.aborted) standDown();
  const elector = new LeaderElector({
    ...options,
    onElected: (token) => {
      options.onElected(token);
      working = work()
        .catch((error: unknown) => {
          failure = { error };
        })
        .finally(() => hold.abort());
    },
  });
  await elector.run(hold.signal);
  signal.removeEventListener('abort', standDown);
  await working;
  if (failure !== undefined) throw failure.error;
};
