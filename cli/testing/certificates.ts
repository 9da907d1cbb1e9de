/** Certificates of a small authority, as public ones are issued; for tests only. */
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
const YEAR_MS = 365 * 86_400_000;

/** PEM texts. */
export interface IssuedCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

const keyPem = async (key: webcrypto.CryptoKey): Promise<string> =>
  PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');

/** An authority of its own key. */
export class Authority {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #certificate: X509Certificate;

  private constructor(keys: webcrypto.CryptoKeyPair, certificate: X509Certificate) {
    this.#keys = keys;
    this.#certificate = certificate;
  }

  static async create(): Promise<Authority> {
    const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      keys,
      name: 'CN=Test Authority',
      serialNumber: '01',
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + YEAR_MS),
      signingAlgorithm: P256,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    });
    return new Authority(keys, certificate);
  }

  get certPem(): string {
    return this.#certificate.toString('pem');
  }

  /** A server certificate for a host name. */
  async issue(host: string): Promise<IssuedCertificate> {
    const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create({
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      subject: `CN=${host}`,
      issuer: this.#certificate.subject,
      serialNumber: '02',
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + YEAR_MS),
      signingAlgorithm: P256,
      extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
    });
    return { certPem: certificate.toString('pem'), keyPem: await keyPem(keys.privateKey) };
  }
}
