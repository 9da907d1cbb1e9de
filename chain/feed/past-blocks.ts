/** Blocks of the past by height, as many as a node still has: for those who write history rather than act on news. */
import type { Comet38Client, RpcClient } from '@cosmjs/tendermint-rpc';
import type { Block } from '../../market/events.js';
import { decodeBlockEvents } from '../events/block-events.js';
import { readCommittedHeight, usable } from '../rpc/comet.js';
import { FETCH_BATCH, fetchBlocks } from './block-source.js';

/** A block with what of it could not be read. */
export interface PastBlock extends Block {
  /** One sentence for each market event that could not be read. */
  readonly unreadable: readonly string[];
}

export interface PastBlocks {
  /** The newest height whose state queries see. @throws ChainUnavailableError */
  committed(): Promise<bigint>;
  /** The oldest height that the node has. @throws ChainUnavailableError */
  earliest(): Promise<bigint>;
  /**
   * The blocks `from`..`to`, oldest first; of more than a batch only the first ones.
   * @throws ChainUnavailableError no answer; RpcAnswerError the node does not have one of them
   */
  blocks(from: bigint, to: bigint): Promise<readonly PastBlock[]>;
}

export const pastBlocksOver = (rpc: RpcClient, comet: Comet38Client): PastBlocks => ({
  committed: () => readCommittedHeight(comet),
  earliest: async () => {
    const { syncInfo } = await usable('status', () => comet.status());
    return BigInt(syncInfo.earliestBlockHeight ?? 1);
  },
  blocks: async (from, to) => {
    const last = to - from < FETCH_BATCH ? to : from + FETCH_BATCH - 1n;
    const raw = await fetchBlocks(rpc, comet, from, last);
    return raw.map(({ height, timeMs, hash, results }) => {
      const { events, faults } = decodeBlockEvents(results, height);
      return { height, timeMs, hash, events, unreadable: faults.map((f) => f.message) };
    });
  },
});
