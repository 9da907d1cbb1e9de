/** SIGN_MODE_DIRECT: the bytes that are signed, and native, low-S-only verification of them. */
import { createHash } from 'node:crypto';
import { rawSecp256k1PubkeyToRawAddress } from '@cosmjs/amino';
import { toBech32 } from '@cosmjs/encoding';
import { SignDoc } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import secp256k1 from 'secp256k1';
import type { Tx } from './decode.js';

export const SIGN_MODE_UNSPECIFIED = 0;
export const SIGN_MODE_DIRECT = 1;

const PUBLIC_KEY_LENGTH = 33;
const SIGNATURE_LENGTH = 64;

/** The address of a compressed secp256k1 key. */
export const addressOf = (publicKey: Uint8Array, prefix: string): string =>
  toBech32(prefix, rawSecp256k1PubkeyToRawAddress(publicKey));

/** Whether these are the bytes of a compressed key on the curve. */
export const isPublicKey = (bytes: Uint8Array): boolean =>
  bytes.length === PUBLIC_KEY_LENGTH && secp256k1.publicKeyVerify(bytes);

/** The bytes a signer signs for `tx`. */
export const signBytes = (
  tx: Pick<Tx, 'bodyBytes' | 'authInfoBytes'>,
  chainId: string,
  accountNumber: bigint,
): Uint8Array =>
  SignDoc.encode(
    SignDoc.fromPartial({
      bodyBytes: tx.bodyBytes,
      authInfoBytes: tx.authInfoBytes,
      chainId,
      accountNumber,
    }),
  ).finish();

/** Whether `signature` is a low-S signature of `message`; libsecp256k1 itself refuses the high-S twin. */
export const verifySignature = (
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): boolean => {
  if (signature.length !== SIGNATURE_LENGTH || !isPublicKey(publicKey)) return false;
  const digest = createHash('sha256').update(message).digest();
  return secp256k1.ecdsaVerify(signature, digest, publicKey);
};
