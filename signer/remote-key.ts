/**
 * A key in other hands, held to what the chain asks for: the account is the public key's, and every signature verifies. Many
 * HSMs give the other, equally valid half of the signatures (a high s), which the chain refuses; those are turned around.
 */
import { sha256 } from '@cosmjs/crypto';
import secp256k1 from 'secp256k1';
import type { Signed, Signer } from '../chain/ports.js';
import { addressOfPublicKey } from '../chain/wallet.js';
import { isReasonError, ReasonError } from '../market/reasons.js';
import { refuse } from './reasons.js';

const COMPRESSED_BYTES = 33;
const SIGNATURE_BYTES = 64;

const fault = (message: string): ReasonError => new ReasonError(refuse('SignKeyFault', message));

const checked = (publicKey: Uint8Array, doc: Uint8Array, signed: Signed): Signed => {
  if (isReasonError(signed)) return signed;
  if (signed.length !== SIGNATURE_BYTES) {
    return fault(
      `The key gave a signature of ${signed.length} bytes instead of ${SIGNATURE_BYTES}.`,
    );
  }
  try {
    const low = secp256k1.signatureNormalize(Uint8Array.from(signed));
    if (secp256k1.ecdsaVerify(low, sha256(doc), publicKey)) return low;
  } catch {
    // Not even numbers of the curve.
  }
  return fault('The key gave a signature that does not verify.');
};

/** @throws ReasonError SignKeyFault when the public key is none, or another account's */
export const checkedKey = (remote: Signer): Signer => {
  const { address, publicKey } = remote;
  if (publicKey.length !== COMPRESSED_BYTES || !secp256k1.publicKeyVerify(publicKey)) {
    throw fault('The key elsewhere names no compressed secp256k1 public key.');
  }
  if (addressOfPublicKey(publicKey) !== address) {
    throw fault(
      `The key elsewhere names ${address}, and its public key is ${addressOfPublicKey(publicKey)}'s.`,
    );
  }
  return {
    address,
    publicKey,
    signBatch: async (docs) =>
      (await remote.signBatch(docs)).map((signed, i) =>
        checked(publicKey, docs[i] ?? new Uint8Array(), signed),
      ),
  };
};
