/** Whether a transaction that failed is signed again, and how. Pure but for what the books have learned from the failure. */
import type { SubmitOptions, TxOutcome } from '../ports.js';
import { raisedGas } from './gas.js';
import type { GasTable } from './gas.js';
import type { MadeTx } from './tx-maker.js';
import { isSdk, SDK } from './sdk-codes.js';

export interface AttemptFacts {
  readonly made: MadeTx;
  readonly outcome: TxOutcome;
  /** The chain has refused unordered transactions as such. */
  readonly unorderedRefused: boolean;
  /** The node asks for a fee that is paid the next time. */
  readonly feeRaised: boolean;
  readonly table: GasTable;
}

/** The options of another attempt, or `undefined` when this outcome is the answer. */
export const nextAttempt = (
  options: SubmitOptions,
  facts: AttemptFacts,
): SubmitOptions | undefined => {
  const { made, outcome, unorderedRefused, feeRaised } = facts;
  const ordered = made.tx.timeoutNs === undefined;
  const { timeoutNs: _, ...fresh } = options;
  // A refused transaction may still sit in a node that did not answer: with the same nonce, at most one of the two lands.
  const { timeoutNs } = made.tx;
  const sameNonce =
    outcome.status === 'rejected' && timeoutNs !== undefined ? { ...fresh, timeoutNs } : fresh;
  if (isSdk(outcome, SDK.outOfGas)) {
    const wanted = outcome.status === 'included' ? outcome.gasWanted : made.gasLimit;
    return { ...sameNonce, gas: raisedGas(wanted, made.sizes, facts.table) };
  }
  if (outcome.status !== 'rejected') return undefined;
  if (isSdk(outcome, SDK.insufficientFee)) return feeRaised ? sameNonce : undefined;
  if (ordered) return isSdk(outcome, SDK.wrongSequence) ? fresh : undefined;
  return unorderedRefused ? { ...fresh, mode: 'ordered' } : undefined;
};
