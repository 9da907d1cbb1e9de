/** Opens the gateway's certificate Secret; the key is compared and goes no further. */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { isCertificateError, parseCertificate } from '../../../../chain/certificate.js';
import type { KubeApi } from '../../../../kube/api.js';
import type { Secret } from '../../../../kube/core-objects.js';
import { SECRETS } from '../../../../kube/resources.js';
import type { CertificateInCluster, Installation, Known } from '../facts.js';
import { attempt } from './attempt.js';

const text = (secret: Secret, key: string): string =>
  Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');

const keyMatches = (certPem: string, keyPem: string): boolean => {
  try {
    const own = createPublicKey(createPrivateKey(keyPem));
    return new X509Certificate(certPem).publicKey.equals(own);
  } catch {
    return false;
  }
};

const open = (name: string, secret: Secret | undefined): CertificateInCluster => {
  if (secret === undefined) return { state: 'missing', secret: name };
  const certPem = text(secret, 'tls.crt');
  try {
    const { serial, notAfter, hosts } = parseCertificate(certPem);
    return {
      ...{ state: 'there', secret: name, serial, hosts },
      notAfterMs: notAfter.getTime(),
      keyMatches: keyMatches(certPem, text(secret, 'tls.key')),
    };
  } catch (error) {
    if (!isCertificateError(error)) throw error;
    return { state: 'unreadable', secret: name, why: `tls.crt: ${error.message}` };
  }
};

export const gatherCertificate = (
  api: Pick<KubeApi, 'get'>,
  { stateNamespace, certificateSecret }: Installation,
): Promise<Known<CertificateInCluster>> =>
  attempt(async () =>
    open(
      `${stateNamespace}/${certificateSecret}`,
      await api.get(SECRETS, { name: certificateSecret, namespace: stateNamespace }),
    ),
  );
