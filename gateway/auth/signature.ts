/** Signatures of tenants' tokens: secp256k1 over SHA-256, plain or in the envelope that wallets sign (provider-wire 4.3). */
import { makeSignDoc, serializeSignDoc } from '@cosmjs/amino';
import { createHash } from 'node:crypto';
import secp256k1 from 'secp256k1';

export const TOKEN_ALGORITHMS = ['ES256K', 'ES256KADR36'] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** `r` and `s`, 32 bytes each. */
const SIGNATURE_BYTES = 64;

/** The text that an ADR-36 wallet signs in place of arbitrary data: an amino document that no chain would accept. */
const adr36Bytes = (signer: string, text: string): Uint8Array =>
  serializeSignDoc(
    makeSignDoc(
      [
        {
          type: 'sign/MsgSignData',
          value: { signer, data: Buffer.from(text, 'utf8').toString('base64') },
        },
      ],
      { gas: '0', amount: [] },
      '',
      '',
      0,
      0,
    ),
  );

/**
 * Whether `signature` is the key's over `signed`, the first two parts of the token. A high `s` is refused: each
 * signature would otherwise have a second form, and the chain refuses it too.
 * @param publicKey compressed secp256k1, 33 bytes
 */
export const isTokenSignature = (input: {
  readonly algorithm: TokenAlgorithm;
  readonly signer: string;
  readonly signed: string;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
}): boolean => {
  if (input.signature.length !== SIGNATURE_BYTES) return false;
  const bytes =
    input.algorithm === 'ES256K'
      ? Buffer.from(input.signed, 'utf8')
      : adr36Bytes(input.signer, input.signed);
  const digest = createHash('sha256').update(bytes).digest();
  try {
    return secp256k1.ecdsaVerify(input.signature, digest, input.publicKey);
  } catch {
    return false; // r or s out of range, or a key that is no point
  }
};
