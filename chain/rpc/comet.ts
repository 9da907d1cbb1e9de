/** CosmJS's CometBFT client over a pool, with this room's errors. */
import { Comet38Client } from '@cosmjs/tendermint-rpc';
import type { RpcClient } from '@cosmjs/tendermint-rpc';
import { ChainUnavailableError, isChainUnavailable } from '../ports.js';
import type { ChainHead } from '../ports.js';
import { ChainDecodeError, isRpcAnswerError } from '../errors.js';
import { readNodeStatus } from './node-status.js';

/** Runs one call; an answer CosmJS cannot decode is no usable answer. */
export const usable = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    if (isChainUnavailable(error) || isRpcAnswerError(error)) throw error;
    throw new ChainUnavailableError(`${what}: the node's answer could not be read`, {
      cause: error,
    });
  }
};

/** CosmJS's client over `rpc`. */
export const cometOver = (rpc: RpcClient): Comet38Client => Comet38Client.create(rpc);

/**
 * The height whose state queries see. `status` is a moment ahead of it: CometBFT stores a block, and answers for its
 * results, before the application has committed it.
 * @throws ChainUnavailableError
 */
export const readCommittedHeight = async (comet: Comet38Client): Promise<bigint> => {
  const { lastBlockHeight } = await usable('abci_info', () => comet.abciInfo());
  return BigInt(lastBlockHeight ?? 0);
};

/** Where the chain stands, from `status`. @throws ChainUnavailableError */
export const readHead = async (rpc: RpcClient): Promise<ChainHead> => {
  const answer = await rpc.execute({ jsonrpc: '2.0', id: 1, method: 'status', params: {} });
  const status = readNodeStatus(answer.result);
  if (status === undefined) throw new ChainDecodeError('status', 'unreadable');
  return status;
};
