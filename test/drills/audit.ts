/**
 * What the operator did, read from the blocks of the chain itself: no log or counter of Berth's is believed. Only messages
 * about the provider's own bids count.
 */
import { Comet38Client } from '@cosmjs/tendermint-rpc';
import { formatOrderId, orderIdOf } from '../../market/ids.js';
import type { BidId } from '../../market/ids.js';
import { marketActs } from '../stack/market-acts.js';

/** A market message in a block. */
export interface Happened {
  readonly kind: 'bid' | 'close-bid' | 'close-lease' | 'accept';
  readonly id: BidId;
  readonly order: string;
  readonly height: bigint;
  /** Place of its transaction in the block. */
  readonly index: number;
  /** 0 when it had its effect. */
  readonly code: number;
}

/** Everything about bids of `provider` in the blocks `from`..`to`, in the chain's order. */
export const readHistory = async (
  rpcUrl: string,
  provider: string,
  from: bigint,
  to: bigint,
): Promise<readonly Happened[]> => {
  const comet = await Comet38Client.connect(rpcUrl);
  const found: Happened[] = [];
  for (let height = from; height <= to; height += 1n) {
    const { block } = await comet.block(Number(height));
    if (block.txs.length === 0) continue;
    const { results } = await comet.blockResults(Number(height));
    for (const [index, tx] of block.txs.entries()) {
      for (const { kind, id } of marketActs(tx)) {
        if (id.provider !== provider) continue;
        const code = results[index]?.code ?? -1;
        found.push({ kind, id, order: formatOrderId(orderIdOf(id)), height, index, code });
      }
    }
  }
  comet.disconnect();
  return found;
};

/** Bids beyond the first on one order, had they an effect or only cost a fee. */
export const duplicateBids = (history: readonly Happened[]): readonly Happened[] => {
  const seen = new Set<string>();
  return history.filter(({ kind, order }) => {
    if (kind !== 'bid') return false;
    if (seen.has(order)) return true;
    seen.add(order);
    return false;
  });
};

/** Closes of bids and leases by the provider that had their effect. */
export const closes = (history: readonly Happened[]): readonly Happened[] =>
  history.filter(
    ({ kind, code }) => (kind === 'close-bid' || kind === 'close-lease') && code === 0,
  );
