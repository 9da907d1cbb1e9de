/** Blocks by height, for back-fill: `blockchain` (up to 20 headers at once) and `block_results`. */
import { toHex } from '@cosmjs/encoding';
import type { Comet38Client } from '@cosmjs/tendermint-rpc';
import { usable } from '../rpc/comet.js';
import { ChainUnavailableError } from '../ports.js';
import type { RawBlock } from './new-block-frame.js';

/** Heights fetched at once; `blockchain` gives at most 20 headers, and an endpoint has 8 connections. */
export const FETCH_BATCH = 8n;

/**
 * The blocks `from`..`to`, oldest first.
 * @throws ChainUnavailableError no answer; RpcAnswerError the node does not have one of them
 */
export const fetchBlocks = async (
  comet: Comet38Client,
  from: bigint,
  to: bigint,
): Promise<readonly RawBlock[]> => {
  const heights: bigint[] = [];
  for (let h = from; h <= to; h += 1n) heights.push(h);
  const [{ blockMetas }, ...results] = await Promise.all([
    usable('blockchain', () => comet.blockchain(Number(from), Number(to))),
    ...heights.map((h) => usable('block_results', () => comet.blockResults(Number(h)))),
  ]);
  return heights.map((height, i) => {
    const meta = blockMetas.find((m) => BigInt(m.header.height) === height);
    const result = results[i];
    if (meta === undefined || result === undefined) {
      throw new ChainUnavailableError(`the node gave no header of block ${height}`);
    }
    return {
      height,
      timeMs: meta.header.time.getTime(),
      hash: toHex(meta.blockId.hash).toUpperCase(),
      results: { txs: result.results, blockEvents: result.finalizeBlockEvents },
    };
  });
};
