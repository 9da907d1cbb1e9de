/** An authority and certificates for TLS tests on this machine. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { X509Certificate } from '@peculiar/x509';

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  readonly cert: string;
  /** A certificate for 127.0.0.1 and localhost, good for servers and clients. */
  issue(commonName: string): Promise<Issued>;
}

const pemOf = async (key: webcrypto.CryptoKey): Promise<string> =>
  PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');

const YEAR_MS = 365 * 86_400_000;

/** A new authority, trusted by nobody yet. */
export const createAuthority = async (name: string): Promise<Authority> => {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const validity = {
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + YEAR_MS),
  };
  const root: X509Certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${name}`,
    keys,
    signingAlgorithm: P256,
    ...validity,
    extensions: [new BasicConstraintsExtension(true)],
  });
  let serial = 1;
  return {
    cert: root.toString('pem'),
    issue: async (commonName) => {
      const own = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
      serial += 1;
      const cert = await X509CertificateGenerator.create({
        serialNumber: String(serial).padStart(2, '0'),
        subject: `CN=${commonName}`,
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: P256,
        ...validity,
        extensions: [
          new SubjectAlternativeNameExtension([
            { type: 'dns', value: 'localhost' },
            { type: 'ip', value: '127.0.0.1' },
          ]),
        ],
      });
      return { cert: cert.toString('pem'), key: await pemOf(own.privateKey) };
    },
  };
};
