/** Refusals of codespace `sdk` that the lane knows an answer to (cosmos-sdk types/errors/errors.go). */
import type { TxOutcome } from '../ports.js';

export const SDK = {
  /** Also what a chain says that does not know the fields of an unordered transaction. */
  txDecode: 2,
  outOfGas: 11,
  insufficientFee: 13,
  alreadyInMempool: 19,
  mempoolFull: 20,
  txTooLarge: 21,
  wrongSequence: 32,
  /** What a chain says that has unordered transactions switched off. */
  notSupported: 37,
  /** The deadline is before the latest block: it can never land. */
  txTimeout: 42,
} as const;

/** Whether the chain gave this answer, before the mempool or in a block. */
export const isSdk = (outcome: TxOutcome, code: number): boolean =>
  outcome.status !== 'expired' && outcome.codespace === 'sdk' && outcome.code === code;
