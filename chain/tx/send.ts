/** One `broadcast_tx_sync` and what its answer means. */
import type { Comet38Client } from '@cosmjs/tendermint-rpc';
import { isRpcAnswerError } from '../errors.js';
import { isChainUnavailable } from '../ports.js';
import { usable } from '../rpc/comet.js';
import { SDK } from './sdk-codes.js';

export type SendResult =
  /** In the mempool of the node that was asked; `again` when it has seen the same bytes before. */
  | { readonly kind: 'pending'; readonly again: boolean }
  /** The node could not take it now; nothing is wrong with it. */
  | { readonly kind: 'try-later'; readonly why: string }
  /** CheckTx refused it. */
  | {
      readonly kind: 'refused';
      readonly codespace: string;
      readonly code: number;
      readonly log: string;
    };

/**
 * CometBFT's own refusals come as JSON-RPC internal errors (-32603) told apart by their text only; these are the texts of
 * CometBFT 0.38's mempool/errors.go.
 */
const readRpcRefusal = (data: string): SendResult => {
  if (data.includes('tx already exists in cache')) return { kind: 'pending', again: true };
  if (/^Tx too large/i.test(data)) {
    return { kind: 'refused', codespace: 'sdk', code: SDK.txTooLarge, log: data };
  }
  return { kind: 'try-later', why: data };
};

/** Never rejects: no answer is `try-later`. */
export const sendTx = async (comet: Comet38Client, bytes: Uint8Array): Promise<SendResult> => {
  try {
    const answer = await usable('broadcast_tx_sync', () => comet.broadcastTxSync({ tx: bytes }));
    const { code, codespace = '' } = answer;
    if (code === 0) return { kind: 'pending', again: false };
    if (codespace === 'sdk' && code === SDK.alreadyInMempool) {
      return { kind: 'pending', again: true };
    }
    if (codespace === 'sdk' && code === SDK.mempoolFull) {
      return { kind: 'try-later', why: 'the mempool is full' };
    }
    return { kind: 'refused', codespace, code, log: answer.log ?? '' };
  } catch (error) {
    if (isRpcAnswerError(error)) return readRpcRefusal(error.data);
    if (isChainUnavailable(error)) return { kind: 'try-later', why: error.message };
    throw error;
  }
};
