/** One signature from a signer that signs in batches. */
import { isReasonError } from '../market/reasons.js';
import type { Signer } from './ports.js';

/** Rejects with whatever the signer rejects with. @throws ReasonError when it refuses, Error when it gives no answer */
export const signOne = async (signer: Signer, signBytes: Uint8Array): Promise<Uint8Array> => {
  const [signature] = await signer.signBatch([signBytes]);
  if (signature === undefined) throw new Error('the signer gave no signature');
  if (isReasonError(signature)) throw signature;
  return signature;
};
