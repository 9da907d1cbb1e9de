/** `broadcast_tx_sync` to one node or several, and what the answers mean together. */
import { toBase64 } from '@cosmjs/encoding';
import type { RpcClient } from '@cosmjs/tendermint-rpc';
import { isRpcAnswerError } from '../errors.js';
import { isChainUnavailable } from '../ports.js';
import { SDK } from './sdk-codes.js';

export type SendResult =
  /** In the mempool of a node that was asked; `again` when it has seen the same bytes before. */
  | { readonly kind: 'pending'; readonly again: boolean }
  /** No node could take it now; nothing is wrong with it. */
  | { readonly kind: 'try-later'; readonly why: string }
  /** CheckTx refused it. */
  | {
      readonly kind: 'refused';
      readonly codespace: string;
      readonly code: number;
      readonly log: string;
      /** Another node did not answer, so that it may have the bytes all the same. */
      readonly doubtful: boolean;
    };

/**
 * CometBFT's own refusals come as JSON-RPC internal errors (-32603) told apart by their text only; these are the texts of
 * CometBFT 0.38's mempool/errors.go.
 */
const readRpcRefusal = (data: string): SendResult => {
  if (data.includes('tx already exists in cache')) return { kind: 'pending', again: true };
  if (/^Tx too large/i.test(data)) {
    return { kind: 'refused', codespace: 'sdk', code: SDK.txTooLarge, log: data, doubtful: false };
  }
  return { kind: 'try-later', why: data };
};

const readAnswer = (result: unknown): SendResult => {
  const answer = (typeof result === 'object' && result !== null ? result : {}) as Record<
    string,
    unknown
  >;
  const text = (key: string): string => (typeof answer[key] === 'string' ? answer[key] : '');
  const code = answer['code'];
  if (typeof code !== 'number') return { kind: 'try-later', why: 'an answer without a code' };
  const codespace = text('codespace');
  if (code === 0) return { kind: 'pending', again: false };
  if (codespace === 'sdk' && code === SDK.alreadyInMempool) return { kind: 'pending', again: true };
  if (codespace === 'sdk' && code === SDK.mempoolFull) {
    return { kind: 'try-later', why: 'the mempool is full' };
  }
  return { kind: 'refused', codespace, code, log: text('log'), doubtful: false };
};

/** To one node. Never rejects: no answer is `try-later`. */
export const sendTx = async (rpc: RpcClient, bytes: Uint8Array): Promise<SendResult> => {
  try {
    const answer = await rpc.execute({
      jsonrpc: '2.0',
      id: 0,
      method: 'broadcast_tx_sync',
      params: { tx: toBase64(bytes) },
    });
    return readAnswer(answer.result as unknown);
  } catch (error) {
    if (isRpcAnswerError(error)) return readRpcRefusal(error.data);
    if (isChainUnavailable(error)) return { kind: 'try-later', why: error.message };
    throw error;
  }
};

/** What the answers of all nodes mean when none of them has taken it. */
const together = (results: readonly SendResult[]): SendResult => {
  const refused = results.find((r) => r.kind === 'refused');
  if (refused === undefined) return results[0] ?? { kind: 'try-later', why: 'no endpoint is left' };
  return { ...refused, doubtful: results.some((r) => r.kind === 'try-later') };
};

/**
 * The same bytes to each of `targets` at once. The first node that takes them decides, without waiting for the others; a
 * refusal counts only when none takes them.
 */
export const sendToAll = (targets: readonly RpcClient[], bytes: Uint8Array): Promise<SendResult> =>
  new Promise((resolve, reject) => {
    const results: SendResult[] = [];
    if (targets.length === 0) resolve(together([]));
    for (const target of targets) {
      sendTx(target, bytes).then((result) => {
        results.push(result);
        if (result.kind === 'pending') resolve(result);
        else if (results.length === targets.length) resolve(together(results));
      }, reject);
    }
  });
