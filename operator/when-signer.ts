/** Waits for the signer: it may come up after the operator, and a rollout of one must not end the other. */
import type { Signer } from '../chain/ports.js';
import { backoffMs } from '../kube/backoff.js';
import { isReasonError } from '../market/reasons.js';
import type { Reason } from '../market/reasons.js';
import type { Clock } from './clock.js';
import type { OperatorConfig } from './config.js';
import type { Logger } from './logger.js';
import { connectSigner } from '../chain/remote-signer.js';

export interface WhenSignerDeps {
  readonly config: Pick<OperatorConfig, 'signer'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** The leadership that requests are made under. */
  readonly token: () => number;
}

const RETRY = { minMs: 500, maxMs: 15_000 } as const;

/** Resolves once the signer has named its account. @throws Error when the signal aborts first, or no signer is configured */
export const whenSigner = async (
  { config: { signer: options }, clock, random, log, token }: WhenSignerDeps,
  signal: AbortSignal,
  onWaiting: (why: Reason) => void,
): Promise<Signer> => {
  if (options === undefined) throw new Error('no signer is configured');
  for (let failures = 1; ; failures += 1) {
    signal.throwIfAborted();
    try {
      return await connectSigner(options, token);
    } catch (error) {
      const reason = isReasonError(error)
        ? error.reason
        : {
            code: 'SignerUnavailable',
            message: `${error instanceof Error ? error.message : String(error)}; asked again until it does.`,
          };
      onWaiting(reason);
      log.warn({ reason: reason.code }, reason.message);
      await clock.sleep(backoffMs(failures, RETRY, random), signal);
    }
  }
};
