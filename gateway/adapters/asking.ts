/** Every question to chain or cluster goes through here: bounded in time, and "no answer" told apart from answers. */
import { isChainQueryError, isRpcAnswerError } from '../../chain/errors.js';
import { isChainUnavailable } from '../../chain/ports.js';
import { isKubeAccessError } from '../../kube/access/access.js';
import { isKubeError } from '../../kube/errors.js';
import { withDeadline } from '../deadline.js';
import { UpstreamUnavailableError, isUpstreamUnavailable } from '../problem.js';

/** Asks something of a peer. Rejects with `UpstreamUnavailableError` when no usable answer came within the deadline. */
export type Ask = <T>(question: () => Promise<T>) => Promise<T>;

/**
 * Whether the error says nothing about what was asked for. A node's or API server's refusal (for example a missing
 * right) counts: the state remains unknown, and it is not the tenant's fault.
 */
const isNoAnswer = (error: unknown): boolean =>
  isUpstreamUnavailable(error) ||
  isChainUnavailable(error) ||
  isChainQueryError(error) ||
  isRpcAnswerError(error) ||
  isKubeAccessError(error) ||
  isKubeError(error);

/** Asks of one peer, each question within `timeoutMs`. Other errors, such as undecodable answers, pass through. */
export const createAsk =
  (upstream: 'chain' | 'cluster', timeoutMs: number): Ask =>
  async (question) => {
    try {
      return await withDeadline(
        question(),
        timeoutMs,
        () => new UpstreamUnavailableError(upstream),
      );
    } catch (error) {
      if (isNoAnswer(error)) throw new UpstreamUnavailableError(upstream, { cause: error });
      throw error;
    }
  };
