/**
 * Which of our open bids have waited long enough. A closed bid can never be placed again on its order, so closing is the
 * last resort: it frees the capacity and the deposit. Losing a bid costs nothing and needs no transaction.
 */
import type { Bid } from '../../market/records.js';

/** Own bids still open at `height` whose age in blocks has reached the timeout. */
export const timedOutBids = (
  openBids: readonly Bid[],
  height: bigint,
  timeoutBlocks: bigint,
): readonly Bid[] =>
  openBids.filter((bid) => bid.state === 'open' && height - bid.createdAt >= timeoutBlocks);

/** Blocks that make up `seconds`, rounded up, at least one. */
export const blocksFor = (seconds: number, blockTimeMs: number): bigint => {
  const blocks = BigInt(Math.ceil((seconds * 1000) / blockTimeMs));
  return blocks < 1n ? 1n : blocks;
};
