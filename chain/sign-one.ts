/** One signature from a signer that signs in batches. */
import type { Signer } from './ports.js';

/** Rejects with whatever the signer rejects with. @throws Error when it gives no signature */
export const signOne = async (signer: Signer, signBytes: Uint8Array): Promise<Uint8Array> => {
  const [signature] = await signer.signBatch([signBytes]);
  if (signature === undefined) throw new Error('the signer gave no signature');
  return signature;
};
