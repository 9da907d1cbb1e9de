/** Kubeconfig files: one cluster, one user, one context, credentials inside (Kubernetes' client.authentication v1 Config). */
import { readFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { KeyPairFiles } from './certificates.js';

/** Who the file lets in. */
export type Credentials =
  | { readonly kind: 'certificate'; readonly files: KeyPairFiles }
  | { readonly kind: 'token'; readonly token: string };

/** What a kubeconfig is written from. */
export interface KubeconfigContent {
  readonly server: string;
  /** Empty: the system's authorities are trusted. */
  readonly caPem: string;
  /** The name to expect in the server's certificate when `server` reaches it by another address. */
  readonly tlsServerName?: string;
  readonly user: string;
  readonly credentials: Credentials;
  readonly namespace?: string;
}

const base64 = (data: Buffer | string): string => Buffer.from(data).toString('base64');

const userOf = (credentials: Credentials): Record<string, string> =>
  credentials.kind === 'token'
    ? { token: credentials.token }
    : {
        'client-certificate-data': base64(readFileSync(credentials.files.certPath)),
        'client-key-data': base64(readFileSync(credentials.files.keyPath)),
      };

/** Writes the file, readable by its owner only, and returns its path. */
export const writeKubeconfig = (path: string, content: KubeconfigContent): string => {
  const { server, caPem, tlsServerName, user, namespace } = content;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'berth',
        cluster: {
          server,
          ...(caPem === '' ? {} : { 'certificate-authority-data': base64(caPem) }),
          ...(tlsServerName === undefined ? {} : { 'tls-server-name': tlsServerName }),
        },
      },
    ],
    users: [{ name: user, user: userOf(content.credentials) }],
    contexts: [
      {
        name: 'berth',
        context: { cluster: 'berth', user, ...(namespace === undefined ? {} : { namespace }) },
      },
    ],
    'current-context': 'berth',
  };
  writeFileSync(path, stringify(config), { mode: 0o600 });
  return path;
};
