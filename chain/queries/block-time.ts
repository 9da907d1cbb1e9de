/** How fast the chain goes, measured on its own latest blocks: prices are per block, people think in hours. */
import type { Comet38Client } from '@cosmjs/tendermint-rpc';
import { ChainUnavailableError } from '../ports.js';
import { usable } from '../rpc/comet.js';

/** Headers read at once; `blockchain` gives at most 20. */
const HEADERS = 20;

/**
 * Mean milliseconds between the latest blocks (up to 20 of them), by their own times.
 * @throws ChainUnavailableError no answer, or a chain with fewer than two blocks after its first
 */
export const measureBlockTime = async (comet: Comet38Client, height: bigint): Promise<number> => {
  // The first block bears the time of genesis, which may lie days before the second.
  const from = Math.max(2, Number(height) - HEADERS + 1);
  const { blockMetas } = await usable('blockchain', () => comet.blockchain(from, Number(height)));
  const times = blockMetas.map(({ header }) => header.time.getTime()).sort((a, b) => a - b);
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined || last <= first) {
    throw new ChainUnavailableError('the chain has too few blocks to tell its block time');
  }
  return (last - first) / (times.length - 1);
};
