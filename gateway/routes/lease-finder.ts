/** Finds the leases a manifest is for, also when it comes a moment before they are on chain. */
import { formatDeploymentId } from '../../market/ids.js';
import type { DeploymentId } from '../../market/ids.js';
import type { Lease } from '../../market/records.js';
import type { Sleep } from '../deadline.js';
import type { LeaseReader } from '../ports.js';
import { Problem } from '../problem.js';

/** How long a manifest may be ahead of the chain: tenants send it in the moment their lease is broadcast. */
export interface LeaseWait {
  readonly timeoutMs: number;
  readonly pollMs: number;
  /** Requests that may wait at the same time. */
  readonly maxWaiting: number;
}

export interface LeaseFinderDependencies {
  readonly leases: LeaseReader;
  readonly wait: LeaseWait;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly sleep: Sleep;
}

/**
 * Polls until the chain shows a live lease of the deployment with this provider. Rejects with a Problem: `LeaseNotFound`
 * after the time-out, `Overloaded`, or `ShuttingDown`; with `UpstreamUnavailableError` when the chain does not answer.
 */
export const createLeaseFinder = (
  dependencies: LeaseFinderDependencies,
): ((id: DeploymentId, signal: AbortSignal) => Promise<readonly Lease[]>) => {
  const { leases, wait, now, sleep } = dependencies;
  let waiting = 0;
  return async (id, signal) => {
    const first = await leases.liveLeases(id);
    if (first.length > 0) return first;
    if (waiting >= wait.maxWaiting) {
      throw new Problem('Overloaded', 'too many manifests are waiting for their lease', {
        retryAfterSeconds: wait.pollMs / 1000,
      });
    }
    waiting += 1;
    try {
      const untilMs = now() + wait.timeoutMs;
      while (now() < untilMs) {
        await sleep(Math.min(wait.pollMs, untilMs - now()), signal);
        if (signal.aborted) {
          throw new Problem('ShuttingDown', 'the gateway is stopping; send the manifest again', {
            retryAfterSeconds: 1,
          });
        }
        const found = await leases.liveLeases(id);
        if (found.length > 0) return found;
      }
    } finally {
      waiting -= 1;
    }
    throw new Problem(
      'LeaseNotFound',
      `deployment ${formatDeploymentId(id)} has no live lease with this provider`,
      { field: 'dseq' },
    );
  };
};
