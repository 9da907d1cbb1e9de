/** What the end of a bid's transaction means, in the words of a Bid's status. Pure. */
import type { TxOutcome } from '../../chain/ports.js';
import { isSdk, SDK } from '../../chain/tx/sdk-codes.js';
import type { BidStatus } from '../../crds/generated/types.js';

/** Status messages are cut to this. */
const MOST_CHARACTERS = 1_000;

/** Ours to put right by signing again with what was learned: more gas, a higher fee, another sequence, an ordered transaction. */
const CORRECTABLE = [SDK.outOfGas, SDK.insufficientFee, SDK.wrongSequence, SDK.notSupported];

/** Whether the same bid, signed anew, may well be taken. */
export const isCorrectable = (outcome: TxOutcome): boolean =>
  CORRECTABLE.some((code) => isSdk(outcome, code));

/** @param observedAt RFC 3339 */
export const bidStatusOf = (outcome: TxOutcome, observedAt: string): BidStatus => {
  const { hash: txHash } = outcome;
  if (outcome.status === 'expired') {
    return {
      state: 'Expired',
      reason: 'TxExpired',
      message:
        'The bid was not included before its timeout; it can never land any more and the order is decided again.',
      ...{ txHash, observedAt },
    };
  }
  const height = outcome.status === 'included' ? { height: outcome.height.toString() } : {};
  if (outcome.status === 'included' && outcome.code === 0) {
    return { state: 'Open', txHash, ...height, observedAt };
  }
  const where = outcome.status === 'included' ? 'in its block' : 'before the mempool';
  const why = `${outcome.codespace}/${outcome.code} ${outcome.log}`;
  return {
    state: 'Failed',
    reason: outcome.status === 'included' ? 'BidFailedInBlock' : 'BidRejected',
    message: `The chain refused the bid ${where}: ${why}`.slice(0, MOST_CHARACTERS),
    ...{ txHash, ...height, observedAt },
  };
};
