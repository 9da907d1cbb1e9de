/** Reading of published certificates: PEM blocks, the owner in the subject, the serial number. */
import { X509Certificate } from 'node:crypto';
import { isAddress } from '../akash/address.js';
import { refusal, registerIn, unregistered, wrapped } from '../akash/registered-error.js';

const cert = registerIn('cert');

/** Errors of the cert module (chain-sdk go/node/cert/v1/errors.go). */
export const CERT_ERRORS = {
  notFound: cert(1, 'NotFound', 'certificate not found'),
  invalidAddress: cert(2, 'InvalidArgument', 'invalid address'),
  exists: cert(3, 'AlreadyExists', 'certificate exists'),
  alreadyRevoked: cert(4, 'FailedPrecondition', 'certificate already revoked'),
  invalidSerial: cert(5, 'InvalidArgument', 'invalid serial number'),
  invalidCertificate: cert(6, 'InvalidArgument', 'invalid certificate value'),
  invalidPubkey: cert(7, 'InvalidArgument', 'invalid pubkey value'),
  invalidState: cert(8, 'InvalidArgument', 'invalid state'),
} as const;

const PEM = /^-----BEGIN ([A-Z ]+)-----\n([A-Za-z0-9+/=\n]+)-----END \1-----\n?$/;

/** The type of the only block in `pem`; `undefined` when there is none or something follows. */
const pemType = (pem: Uint8Array): string | undefined =>
  PEM.exec(Buffer.from(pem).toString('latin1'))?.[1];

const parse = (pem: Uint8Array): X509Certificate => {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw Object.assign(unregistered('x509: malformed certificate'), { cause });
  }
};

/**
 * Checks the pair as the node's `ParseAndValidateCertificate`. @returns the serial number in decimal
 * @throws AppError cert/6, cert/7, undefined/1
 */
export const readCertificate = (owner: string, pem: Uint8Array, pubkey: Uint8Array): string => {
  const keyType = pemType(pubkey);
  if (keyType === undefined) throw refusal(CERT_ERRORS.invalidPubkey);
  if (keyType !== 'EC PUBLIC KEY') {
    throw wrapped(CERT_ERRORS.invalidPubkey, 'invalid pem block type');
  }
  const type = pemType(pem);
  if (type === undefined) throw refusal(CERT_ERRORS.invalidCertificate);
  if (type !== 'CERTIFICATE') {
    throw wrapped(CERT_ERRORS.invalidCertificate, 'invalid pem block type');
  }
  const parsed = parse(pem);
  const name = /^CN=(.*)$/m.exec(parsed.subject)?.[1] ?? '';
  if (!isAddress(name)) {
    throw wrapped(CERT_ERRORS.invalidCertificate, 'decoding bech32 failed: invalid common name');
  }
  if (name !== owner) {
    throw wrapped(CERT_ERRORS.invalidCertificate, 'CommonName does not match owner');
  }
  return BigInt(`0x${parsed.serialNumber}`).toString();
};
