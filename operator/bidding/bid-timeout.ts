/**
 * Which of our open bids have waited long enough. A closed bid can never be placed again on its order, so closing is the
 * last resort: it frees the capacity and the deposit. Losing a bid costs nothing and needs no transaction.
 */
import type { Bid } from '../../market/records.js';

/** Who else wants what a bid holds: an order that is skipped for want of it, possibly somebody, or nobody by all we know. */
export type Demand = 'wanted' | 'ordinary' | 'idle';

/** How many blocks a bid may wait, by the demand for what it holds. */
export type TimeoutBlocks = Readonly<Record<Demand, bigint>>;

/** Own bids still open at `height` that have waited too long. `demandOf` is asked only of bids that its answer may end. */
export const timedOutBids = (
  openBids: readonly Bid[],
  height: bigint,
  timeouts: TimeoutBlocks,
  demandOf: (bid: Bid) => Demand,
): readonly Bid[] => {
  const shortest = Object.values(timeouts).reduce((a, b) => (a < b ? a : b));
  return openBids.filter((bid) => {
    const age = height - bid.createdAt;
    return bid.state === 'open' && age >= shortest && age >= timeouts[demandOf(bid)];
  });
};

/** Blocks that make up `seconds`, rounded up, at least one. */
export const blocksFor = (seconds: number, blockTimeMs: number): bigint => {
  const blocks = BigInt(Math.ceil((seconds * 1000) / blockTimeMs));
  return blocks < 1n ? 1n : blocks;
};

/** Seconds as a ComputeProvider has them, with the defaults that depend on one another. */
export const timeoutBlocks = (
  seconds: {
    readonly timeoutSeconds: number;
    readonly contestedTimeoutSeconds?: number | undefined;
    readonly idleTimeoutSeconds?: number | undefined;
  },
  blockTimeMs: number,
): TimeoutBlocks => {
  const { timeoutSeconds } = seconds;
  const { contestedTimeoutSeconds = timeoutSeconds / 5, idleTimeoutSeconds = timeoutSeconds * 6 } =
    seconds;
  const blocks = (s: number): bigint => blocksFor(s, blockTimeMs);
  return {
    wanted: blocks(Math.min(contestedTimeoutSeconds, timeoutSeconds)),
    ordinary: blocks(timeoutSeconds),
    idle: blocks(Math.max(idleTimeoutSeconds, timeoutSeconds)),
  };
};
