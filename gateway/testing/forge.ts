/** Tokens that the official SDK refuses to make: any header, any claims, signatures bent on purpose. */
import { Secp256k1, sha256 } from '@cosmjs/crypto';

/** Order of the secp256k1 group. Source: SEC 2, 2.4.1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A signed token of these parts. `bend` may change the 64 signature bytes. */
export const forge = async (
  privateKey: Uint8Array,
  header: unknown,
  claims: unknown,
  bend: (signature: Buffer) => Buffer = (signature) => signature,
): Promise<string> => {
  const signed = `${encode(header)}.${encode(claims)}`;
  const made = await Secp256k1.createSignature(sha256(Buffer.from(signed)), privateKey);
  const signature = Buffer.concat([made.r(32), made.s(32)]);
  return `${signed}.${bend(signature).toString('base64url')}`;
};

/** The second valid form of an ECDSA signature, with `s` in the upper half. */
export const withHighS = (signature: Buffer): Buffer => {
  const s = BigInt(`0x${signature.subarray(32).toString('hex')}`);
  const high = Buffer.from((ORDER - s).toString(16).padStart(64, '0'), 'hex');
  return Buffer.concat([signature.subarray(0, 32), high]);
};
