/**
 * Reads the server name out of the first bytes of a TLS connection, before any handshake: which certificate is shown and
 * whether the client is asked for one depends on it, and Node fixes the second when the connection object is made.
 * Format: RFC 8446 section 5.1 (records) and 4.1.2 (ClientHello), RFC 6066 section 3 (server_name).
 */

/** What the bytes so far say. */
export type HelloReading =
  | { readonly status: 'incomplete' }
  | { readonly status: 'invalid'; readonly why: string }
  /** `serverName` in lower case; `undefined` when the client names none. */
  | { readonly status: 'hello'; readonly serverName: string | undefined };

/** A ClientHello larger than this is refused: real ones stay below 2 KiB, post-quantum key shares included. */
export const MAX_HELLO_BYTES = 16 * 1024;

const RECORD_HANDSHAKE = 22;
const HANDSHAKE_CLIENT_HELLO = 1;
const EXTENSION_SERVER_NAME = 0;
const NAME_TYPE_HOST = 0;

const isHandshakeRecord = (bytes: Buffer, at: number): boolean =>
  bytes[at] === RECORD_HANDSHAKE && (at + 1 >= bytes.length || bytes[at + 1] === 3);

/** The handshake bytes of the leading handshake records, as far as they have arrived. */
const handshakeBytes = (bytes: Buffer): Buffer => {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 5 <= bytes.length && isHandshakeRecord(bytes, at)) {
    const length = bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return Buffer.concat(parts);
};

/** A forward-only reader; reading past the end throws a RangeError. */
const cursor = (bytes: Buffer) => {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('a length points past the end');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (width: number): number => take(width).readUIntBE(0, width);
  return {
    take,
    number,
    vector: (width: number): Buffer => take(number(width)),
    atEnd: (): boolean => at >= bytes.length,
  };
};

const serverNameOf = (extension: Buffer): string | undefined => {
  const names = cursor(cursor(extension).vector(2));
  while (!names.atEnd()) {
    const type = names.number(1);
    const name = names.vector(2);
    if (type === NAME_TYPE_HOST) return name.toString('latin1').toLowerCase();
  }
  return undefined;
};

const parseBody = (body: Buffer): string | undefined => {
  const hello = cursor(body);
  hello.take(2 + 32); // legacy version, random
  hello.vector(1); // legacy session id
  hello.vector(2); // cipher suites
  hello.vector(1); // legacy compression methods
  if (hello.atEnd()) return undefined;
  const extensions = cursor(hello.vector(2));
  while (!extensions.atEnd()) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (type === EXTENSION_SERVER_NAME) return serverNameOf(content);
  }
  return undefined;
};

/** Reads the ClientHello at the start of `bytes`. Never throws. */
export const readClientHello = (bytes: Buffer): HelloReading => {
  if (bytes.length > 0 && !isHandshakeRecord(bytes, 0)) {
    return { status: 'invalid', why: 'not a TLS handshake record' };
  }
  const handshake = handshakeBytes(bytes);
  if (handshake.length > 0 && handshake[0] !== HANDSHAKE_CLIENT_HELLO) {
    return { status: 'invalid', why: 'the first handshake message is not a ClientHello' };
  }
  const length = handshake.length < 4 ? undefined : handshake.readUIntBE(1, 3);
  if (length !== undefined && length > MAX_HELLO_BYTES) {
    return { status: 'invalid', why: 'the ClientHello is too large' };
  }
  if (length === undefined || handshake.length < 4 + length) {
    return bytes.length > MAX_HELLO_BYTES
      ? { status: 'invalid', why: 'the ClientHello is too large' }
      : { status: 'incomplete' };
  }
  try {
    return { status: 'hello', serverName: parseBody(handshake.subarray(4, 4 + length)) };
  } catch (error) {
    if (error instanceof RangeError) return { status: 'invalid', why: error.message };
    throw error;
  }
};
