/**
 * Certificates in Akash's form: self-signed ECDSA P-256, the account address as common name, published on chain, verified
 * against the chain instead of an authority. Source: provider-wire 4.2 and `recorded/cert-publish-*.tx.json`.
 */
// Before the X.509 builder, whose own container asks for it.
import 'reflect-metadata';
import { webcrypto, X509Certificate as NodeCertificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { JsonName } from '@peculiar/x509';
import { isAddress } from './wallet.js';

/** The relative name that marks the form's version. */
const VERSION_OID = '2.23.133.2.6';
const VERSION = 'v0.0.1';
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface CertificateRequest {
  /** The account's address. */
  readonly address: string;
  /** Host names of a provider; with none it is a tenant's certificate, good for clients only. */
  readonly hosts: readonly string[];
  /** Unique per owner; the network's clients use Unix nanoseconds. */
  readonly serial: bigint;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** PEM texts: what to publish, and the key to keep. */
export interface CertificatePems {
  readonly certPem: string;
  /** Labelled `EC PUBLIC KEY`, as the chain wants it (the bytes are a SubjectPublicKeyInfo). */
  readonly pubkeyPem: string;
  /** PKCS #8; secret. */
  readonly keyPem: string;
  /** Decimal. */
  readonly serial: string;
}

/** A certificate that cannot be read or is not of Akash's form. */
export class CertificateError extends Error {
  readonly field: string;
  constructor(field: string, message: string, options?: { cause?: unknown }) {
    super(`${field}: ${message}`, options);
    this.name = 'CertificateError';
    this.field = field;
  }
}

export const isCertificateError = (error: unknown): error is CertificateError =>
  error instanceof CertificateError;

const pem = (label: string, bytes: ArrayBuffer): string => `${PemConverter.encode(bytes, label)}\n`;

/**
 * A new key and certificate. Beyond what the existing clients set, the key may sign (`digitalSignature`): TLS 1.3 signs,
 * and strict stacks refuse a certificate that does not allow it.
 * @throws CertificateError naming the field
 */
export const generateCertificate = async (
  request: CertificateRequest,
): Promise<CertificatePems> => {
  if (!isAddress(request.address)) throw new CertificateError('address', 'is no akash address');
  if (request.serial <= 0n) throw new CertificateError('serial', 'must be positive');
  if (request.notAfter <= request.notBefore) {
    throw new CertificateError('notAfter', 'must be after notBefore');
  }
  const { subtle } = webcrypto;
  const keys = await subtle.generateKey(P256, true, ['sign', 'verify']);
  const name: JsonName = [{ CN: [request.address] }, { [VERSION_OID]: [VERSION] }];
  const usages = [ExtendedKeyUsage.clientAuth];
  if (request.hosts.length > 0) usages.push(ExtendedKeyUsage.serverAuth);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    keys,
    name,
    serialNumber: evenHex(request.serial),
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    signingAlgorithm: P256,
    extensions: [
      new KeyUsagesExtension(
        KeyUsageFlags.digitalSignature |
          KeyUsageFlags.keyEncipherment |
          KeyUsageFlags.dataEncipherment,
        true,
      ),
      new ExtendedKeyUsageExtension(usages),
      new BasicConstraintsExtension(false, undefined, true),
      ...(request.hosts.length === 0
        ? []
        : [
            new SubjectAlternativeNameExtension(
              request.hosts.map((value) => ({ type: 'dns' as const, value })),
            ),
          ]),
    ],
  });
  const [spki, pkcs8] = await Promise.all([
    subtle.exportKey('spki', keys.publicKey),
    subtle.exportKey('pkcs8', keys.privateKey),
  ]);
  return {
    certPem: pem('CERTIFICATE', certificate.rawData),
    pubkeyPem: pem('EC PUBLIC KEY', spki),
    keyPem: pem('PRIVATE KEY', pkcs8),
    serial: request.serial.toString(),
  };
};

const evenHex = (value: bigint): string => {
  const hex = value.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
};

/** What Berth needs to know of a certificate. */
export interface CertificateFacts {
  /** The common name, an account address; subject and issuer agree. */
  readonly address: string;
  /** Decimal, as the chain names it. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Host names it is good for; none in a tenant's. */
  readonly hosts: readonly string[];
}

const commonName = (name: string): string | undefined => /^CN=(.+)$/m.exec(name)?.[1];

/**
 * Reads a certificate of Akash's form (PEM or DER) and checks that it signed itself; validity in time and on chain is the
 * caller's to check.
 * @throws CertificateError naming the field
 */
export const parseCertificate = (certificate: string | Uint8Array): CertificateFacts => {
  let parsed: NodeCertificate;
  try {
    parsed = new NodeCertificate(certificate);
  } catch (cause) {
    throw new CertificateError('certificate', 'cannot be read', { cause });
  }
  const address = commonName(parsed.subject);
  if (address === undefined || !isAddress(address)) {
    throw new CertificateError('subject', 'its common name is no akash address');
  }
  if (commonName(parsed.issuer) !== address) {
    throw new CertificateError('issuer', 'is not the subject');
  }
  if (!parsed.verify(parsed.publicKey)) {
    throw new CertificateError('signature', 'is not by its own key');
  }
  return {
    address,
    serial: BigInt(`0x${parsed.serialNumber}`).toString(),
    notBefore: parsed.validFromDate,
    notAfter: parsed.validToDate,
    hosts: [...(parsed.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g)].map((m) => m[1] ?? ''),
  };
};
