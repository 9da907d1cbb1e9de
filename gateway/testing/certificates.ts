/**
 * Certificates of the form Akash clients make (provider-wire 4.2), written byte by byte: fast, and wrong in any one
 * point on request. Format: X.509 (RFC 5280) in DER (X.690).
 */
import { createSign, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface CertificateOptions {
  readonly commonName: string;
  /** Default: the common name. */
  readonly issuer?: string;
  readonly serial?: bigint;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly authority?: boolean;
  /** Default SHA-256. */
  readonly hash?: 'sha256' | 'sha384';
  /** Default: clientAuth and serverAuth. */
  readonly usages?: readonly ('clientAuth' | 'serverAuth')[];
  /** Signs with another key than the certificate's own. */
  readonly foreignKey?: boolean;
}

export interface MadeCertificate {
  readonly cert: string;
  readonly key: string;
  /** PEM. */
  readonly publicKey: string;
  readonly serial: bigint;
}

const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const oid = (encodedHex: string): Buffer => tlv(0x06, hex(encodedHex));
const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));
const bits = (bytes: Uint8Array): Buffer => tlv(0x03, Buffer.from([0]), bytes);
const TRUE = hex('0101ff');

const OID = {
  commonName: '550403',
  /** 2.23.133.2.6, which Akash fills with the version of its certificate form. */
  akashVersion: '6781050206',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
  clientAuth: '2b06010505070302',
  sha256: '2a8648ce3d040302',
  sha384: '2a8648ce3d040303',
} as const;

const integer = (value: bigint): Buffer => {
  const text = value.toString(16);
  const even = text.length % 2 === 0 ? text : `0${text}`;
  // A leading one bit would make the number negative.
  return tlv(0x02, hex(/^[89a-f]/.test(even) ? `00${even}` : even));
};

const time = (date: Date): Buffer =>
  tlv(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')));

const name = (commonName: string): Buffer =>
  sequence(
    tlv(0x31, sequence(oid(OID.commonName), utf8(commonName))),
    tlv(0x31, sequence(oid(OID.akashVersion), utf8('v0.0.1'))),
  );

const extension = (id: string, critical: boolean, value: Uint8Array): Buffer =>
  sequence(oid(id), ...(critical ? [TRUE] : []), tlv(0x04, value));

const extensions = (options: CertificateOptions): Buffer =>
  tlv(
    0xa3,
    sequence(
      // dataEncipherment and keyEncipherment, but no digitalSignature; an authority may also sign certificates
      extension(OID.keyUsage, true, hex(options.authority === true ? '03020234' : '03020430')),
      extension(
        OID.extendedKeyUsage,
        false,
        sequence(...(options.usages ?? ['clientAuth', 'serverAuth']).map((use) => oid(OID[use]))),
      ),
      extension(
        OID.basicConstraints,
        true,
        options.authority === true ? sequence(TRUE) : sequence(),
      ),
    ),
  );

const pem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END CERTIFICATE-----\n`;

const p256 = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });

let serials = BigInt(Date.now()) * 1_000_000n;

/** Makes one, valid from a minute ago for a year. */
export const makeCertificate = (options: CertificateOptions): MadeCertificate => {
  const { publicKey, privateKey } = p256();
  const hash = options.hash ?? 'sha256';
  serials += 1n;
  const serial = options.serial ?? serials;
  const body = sequence(
    tlv(0xa0, integer(2n)),
    integer(serial),
    sequence(oid(OID[hash])),
    name(options.issuer ?? options.commonName),
    sequence(
      time(options.notBefore ?? new Date(Date.now() - 60_000)),
      time(options.notAfter ?? new Date(Date.now() + 365 * 86_400_000)),
    ),
    name(options.commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(options),
  );
  const signer = options.foreignKey === true ? p256().privateKey : privateKey;
  const signature = createSign(hash).update(body).sign(signer);
  return {
    cert: pem(sequence(body, sequence(oid(OID[hash])), bits(signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    serial,
  };
};
