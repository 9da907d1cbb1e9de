/** Blocks by height, for back-fill: `block` and `block_results`. */
import type { Comet38Client, RpcClient } from '@cosmjs/tendermint-rpc';
import { usable } from '../rpc/comet.js';
import { ChainUnavailableError } from '../ports.js';
import { readSoundBlock } from '../rpc/block-hash.js';
import { rawBlock } from './new-block-frame.js';
import type { RawBlock } from './new-block-frame.js';

/** Heights fetched at once: two requests each, and an endpoint has 8 connections. */
export const FETCH_BATCH = 8n;

/**
 * The blocks `from`..`to`, oldest first.
 * @throws ChainUnavailableError no answer; RpcAnswerError the node does not have one of them
 */
export const fetchBlocks = async (
  rpc: RpcClient,
  comet: Comet38Client,
  from: bigint,
  to: bigint,
): Promise<readonly RawBlock[]> => {
  const heights: bigint[] = [];
  for (let h = from; h <= to; h += 1n) heights.push(h);
  return Promise.all(heights.map((height) => fetchBlock(rpc, comet, height)));
};

const fetchBlock = async (
  rpc: RpcClient,
  comet: Comet38Client,
  height: bigint,
): Promise<RawBlock> => {
  const [answer, result] = await Promise.all([
    rpc.execute({ jsonrpc: '2.0', id: 0, method: 'block', params: { height: String(height) } }),
    usable('block_results', () => comet.blockResults(Number(height))),
  ]);
  const { block_id: id, block } = answer.result as { block_id?: unknown; block?: unknown };
  const sound = readSoundBlock(id, block);
  if (typeof sound === 'string') throw new ChainUnavailableError(`the node ${sound}`);
  return rawBlock(sound, { txs: result.results, blockEvents: result.finalizeBlockEvents });
};
