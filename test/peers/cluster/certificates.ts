/** A certificate authority of this cluster's own and what it signs, by the openssl command (3.0 or newer). */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ClusterError } from './types.js';

const run = promisify(execFile);

/** A certificate and its private key, as paths of PEM files. */
export interface KeyPairFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

/** Everything a control plane needs to prove who is who. */
export interface Pki {
  readonly ca: KeyPairFiles;
  readonly caPem: string;
  readonly apiServer: KeyPairFiles;
  readonly admin: KeyPairFiles;
  readonly controllerManager: KeyPairFiles;
  readonly scheduler: KeyPairFiles;
  /** With this the API server asks kubelets for logs and shells. */
  readonly kubeletClient: KeyPairFiles;
  /** kwok plays the kubelets and changes nodes and pods of all kinds: it is an administrator. */
  readonly kwok: KeyPairFiles;
  /** Signs service account tokens; `certPath` is its public key. */
  readonly serviceAccounts: KeyPairFiles;
}

const openssl = async (args: readonly string[]): Promise<void> => {
  try {
    await run('openssl', args);
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { readonly stderr?: string };
    throw new ClusterError(
      code === 'ENOENT'
        ? 'openssl is not installed; the local cluster needs the openssl command, 3.0 or newer'
        : `openssl req failed: ${stderr?.trim() ?? 'no message'}`,
      { cause: error },
    );
  }
};

const files = (dir: string, name: string): KeyPairFiles => ({
  certPath: join(dir, `${name}.crt`),
  keyPath: join(dir, `${name}.key`),
});

const request = (pair: KeyPairFiles, subject: string): readonly string[] => [
  ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
  ...['-days', '30', '-subj', subject, '-keyout', pair.keyPath, '-out', pair.certPath],
];

const leaf = async (
  dir: string,
  ca: KeyPairFiles,
  name: string,
  subject: string,
  extensions: readonly string[],
): Promise<KeyPairFiles> => {
  const pair = files(dir, name);
  const all = ['basicConstraints=critical,CA:false', 'keyUsage=critical,digitalSignature'].concat(
    extensions,
  );
  await openssl([
    ...request(pair, subject),
    ...['-CA', ca.certPath, '-CAkey', ca.keyPath],
    ...all.flatMap((extension) => ['-addext', extension]),
  ]);
  return pair;
};

const serviceAccountKeys = (dir: string): KeyPairFiles => {
  const pair = { certPath: join(dir, 'sa.pub'), keyPath: join(dir, 'sa.key') };
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(pair.certPath, publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(pair.keyPath, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  return pair;
};

/** A client's key and certificate, `dir/<name>.key` and `.crt`; `subject` as openssl has it, `/O=group/CN=user`. */
export const clientCertificate = (
  dir: string,
  ca: KeyPairFiles,
  name: string,
  subject: string,
): Promise<KeyPairFiles> => leaf(dir, ca, name, subject, ['extendedKeyUsage=clientAuth']);

/** Makes all keys and certificates below `dir`; they are good for 30 days. @throws ClusterError when openssl cannot */
export const createPki = async (dir: string): Promise<Pki> => {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const ca = files(dir, 'ca');
  await openssl([
    ...request(ca, '/CN=berth-local-cluster'),
    ...['-addext', 'basicConstraints=critical,CA:true'],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ]);
  const client = (name: string, subject: string): Promise<KeyPairFiles> =>
    clientCertificate(dir, ca, name, subject);
  const [apiServer, admin, controllerManager, scheduler, kwok, kubeletClient] = await Promise.all([
    leaf(dir, ca, 'apiserver', '/CN=kube-apiserver', [
      'extendedKeyUsage=serverAuth',
      'subjectAltName=IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes.default.svc',
    ]),
    client('admin', '/O=system:masters/CN=berth-admin'),
    client('controller-manager', '/CN=system:kube-controller-manager'),
    client('scheduler', '/CN=system:kube-scheduler'),
    client('kwok', '/O=system:masters/CN=kwok'),
    client('kubelet-client', '/O=system:masters/CN=kube-apiserver-kubelet-client'),
  ]);
  return {
    ca,
    caPem: readFileSync(ca.certPath, 'utf8'),
    apiServer,
    admin,
    controllerManager,
    scheduler,
    kwok,
    kubeletClient,
    serviceAccounts: serviceAccountKeys(dir),
  };
};
