/**
 * Tenant certificates: self-signed, so all that counts is that the chain holds this very certificate as valid
 * (provider-wire 4.1, 4.2; real-node.md). TLS proved that the client has the key.
 */
import { X509Certificate } from 'node:crypto';
import { isAddress } from '../../chain/wallet.js';
import type { Certificate } from '../../market/records.js';
import type { IdentityReader } from '../ports.js';
import type { CertificateVerdict, CredentialRefusal } from './authenticate.js';
import { createExpiringMap } from './expiring-map.js';

const EKU_CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

const refuse = (
  code: CredentialRefusal['code'],
  message: string,
  field?: string,
): CredentialRefusal => ({ ok: false, code, message, field });

/** The single common name, or `undefined` when there are none or several. */
const commonName = (name: object | undefined): string | undefined =>
  name !== undefined && 'CN' in name && typeof name.CN === 'string' ? name.CN : undefined;

const invalid = (message: string, field: string): CredentialRefusal =>
  refuse('CertificateInvalid', message, field);

/** What must hold of the certificate by itself; `undefined` when it does. */
const formFault = (certificate: X509Certificate, owner: string): CredentialRefusal | undefined => {
  const legacy = certificate.toLegacyObject();
  if (!isAddress(owner)) {
    return invalid("the certificate's common name must be an account address", 'subject.CN');
  }
  if (commonName(legacy.issuer) !== owner) {
    return invalid("the certificate's issuer must equal its subject", 'issuer.CN');
  }
  if (certificate.ca)
    return invalid('the certificate must not be an authority', 'basicConstraints');
  if (certificate.signatureAlgorithm !== 'ecdsa-with-SHA256') {
    return invalid('the certificate must be signed with ECDSA and SHA-256', 'signatureAlgorithm');
  }
  // Node calls the extended key usage `keyUsage`; it is undefined when there is none, although its type says otherwise.
  const usages = (certificate.keyUsage as readonly string[] | undefined) ?? [];
  if (!usages.includes(EKU_CLIENT_AUTH)) {
    return invalid('the certificate must allow client authentication', 'extendedKeyUsage');
  }
  if (!certificate.verify(certificate.publicKey)) {
    return invalid('the certificate must be signed with its own key', 'signature');
  }
  return undefined;
};

const timeFault = (certificate: X509Certificate, wallMs: number): CredentialRefusal | undefined => {
  if (wallMs < certificate.validFromDate.getTime()) {
    return refuse('CertificateExpired', 'the certificate is not valid yet', 'notBefore');
  }
  if (wallMs > certificate.validToDate.getTime()) {
    return refuse('CertificateExpired', 'the certificate has expired', 'notAfter');
  }
  return undefined;
};

const sameCertificate = (record: Certificate, certificate: X509Certificate): boolean => {
  try {
    return new X509Certificate(record.cert).raw.equals(certificate.raw);
  } catch {
    return false; // the chain stores whatever its owner published
  }
};

const chainFault = (
  record: Certificate | undefined,
  certificate: X509Certificate,
): CredentialRefusal | undefined => {
  if (record === undefined || !sameCertificate(record, certificate)) {
    return refuse('CertificateUnknown', 'the certificate has not been published on chain');
  }
  if (record.state !== 'valid') {
    return refuse('CertificateRevoked', 'the certificate has been revoked on chain');
  }
  return undefined;
};

export interface CertificateVerifierDependencies {
  readonly identities: IdentityReader;
  /** How long the chain's "valid" may be believed; nothing else is ever remembered. */
  readonly recheckMs: number;
  readonly maxCached: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Unix milliseconds. */
  readonly wallMs: () => number;
}

/** Builds the verifier. It rejects with `UpstreamUnavailableError` when the chain could not be asked. */
export const createCertificateVerifier = (
  dependencies: CertificateVerifierDependencies,
): ((certificate: X509Certificate) => Promise<CertificateVerdict>) => {
  const believed = createExpiringMap<true>(
    { ttlMs: dependencies.recheckMs, maxEntries: dependencies.maxCached },
    dependencies.now,
  );
  return async (certificate) => {
    const owner = commonName(certificate.toLegacyObject().subject) ?? '';
    const fault = formFault(certificate, owner) ?? timeFault(certificate, dependencies.wallMs());
    if (fault !== undefined) return fault;
    const serial = BigInt(`0x${certificate.serialNumber}`).toString();
    const key = certificate.fingerprint256;
    if (believed.get(key) === undefined) {
      const record = await dependencies.identities.certificate(owner, serial);
      const unproven = chainFault(record, certificate);
      if (unproven !== undefined) return unproven;
      believed.set(key, true);
    }
    return { ok: true, owner, serial };
  };
};
