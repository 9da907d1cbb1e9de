/** Every reason for which the signer refuses, and the sentence that documents it (docs/reasons.md is tested against it). */
import type { Reason } from '../market/reasons.js';

export const SIGNER_REASONS = {
  SignRequestUnreadable:
    'The bytes are not a transaction as Berth writes it: an unknown field, a field written twice, or no protobuf.',
  SignWrongChain: 'The transaction is for another chain than the one the signer serves.',
  SignTypeForbidden:
    'The message type is none that a provider needs; the signer never signs it, whoever asks.',
  SignForAnotherAccount: 'The message acts for another account than the provider of this signer.',
  SignHostChange:
    "The provider record would point to another host than the signer's configuration names.",
  SignTooManyMessages: 'One transaction holds more messages than the signer allows.',
  SignFeeTooHigh: "The fee of one transaction is over the signer's bound.",
  SignFeesSpent: 'The fees of this hour or day are spent.',
  SignDepositsSpent: 'The deposits of this hour or day are spent.',
  SignClosesSpent: 'The closes of this hour or day are spent.',
  SignTransactionsSpent: 'The transactions of this hour or day are spent.',
  SignTokenOld: 'The caller led once; another has led since, and only the latest leader is served.',
  SignTokenUnknown:
    'The caller claims a leadership that the Lease object has not seen; believing it would lock the true leader out.',
  SignCallerUnknown: 'The caller has not proven to be the operator.',
  SignCountersUnavailable:
    'The counters could not be read or written, and nothing is signed that is not counted.',
  SignKeyFault:
    'The key elsewhere gave a signature that does not verify, or another key than it named at the start.',
} as const;

export type SignerReasonCode = keyof typeof SIGNER_REASONS;

/** A refusal of the signer. */
export const refuse = (code: SignerReasonCode, message: string, field?: string): Reason => ({
  code,
  message,
  ...(field === undefined ? {} : { field }),
});
