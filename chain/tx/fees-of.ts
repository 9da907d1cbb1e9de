/** What a signed transaction pays. */
import { decodeTxRaw } from '@cosmjs/proto-signing';
import type { Coin } from '../../market/money.js';

/** The fee in an encoded TxRaw. Throws what the decoder throws on bytes that are none. */
export const feesOf = (bytes: Uint8Array): readonly Coin[] =>
  (decodeTxRaw(bytes).authInfo.fee?.amount ?? []).map(({ denom, amount }) => ({
    denom,
    amount: BigInt(amount),
  }));
