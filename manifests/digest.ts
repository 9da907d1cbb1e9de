/** The digests that names and manifest versions are made of: the only file of this room that touches node:crypto. */
import { createHash } from 'node:crypto';

/** SHA-256, 32 bytes. Text is taken as UTF-8. */
export const sha256 = (data: string | Uint8Array): Uint8Array =>
  createHash('sha256').update(data).digest();

/** SHA-224, 28 bytes. */
export const sha224 = (text: string): Uint8Array => createHash('sha224').update(text).digest();

/** The RFC 4122 namespace of DNS names, 6ba7b810-9dad-11d1-80b4-00c04fd430c8. */
const DNS_NAMESPACE = Uint8Array.from([
  0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
]);

/** A version 5 UUID (RFC 4122 4.3) in the DNS namespace, as its 16 bytes. */
export const dnsUuidV5 = (name: string): Uint8Array => {
  const digest = createHash('sha1').update(DNS_NAMESPACE).update(name).digest();
  const uuid = Uint8Array.from(digest.subarray(0, 16));
  uuid[6] = ((uuid[6] ?? 0) & 0x0f) | 0x50;
  uuid[8] = ((uuid[8] ?? 0) & 0x3f) | 0x80;
  return uuid;
};

/** Lower-case hexadecimal. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const BASE32_HEX = '0123456789abcdefghijklmnopqrstuv';

/** RFC 4648 section 7 ("base32hex") in lower case, without padding. */
export const toBase32Hex = (bytes: Uint8Array): string => {
  let text = '';
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32_HEX.charAt((pending >> bits) & 31);
    }
  }
  return bits === 0 ? text : text + BASE32_HEX.charAt((pending << (5 - bits)) & 31);
};
