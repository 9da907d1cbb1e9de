/** The signer as a process of the stack: the chart's rights, certificates and a token as its pod and the operator's would have. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { KubeApi } from '../../kube/api.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import { createAuthority } from '../../signer/testing/certificates.js';
import { kubectl } from '../../hack/apply-chart.js';
import type { AccountRef } from '../../hack/apply-chart.js';
import { freePorts } from '../peers/ports.js';
import type { Cluster } from '../peers/cluster/types.js';
import type { StartProcess } from './stack.js';
import type { Supervised } from './supervised.js';

/** The chart's name for the signer's objects, with the release named `berth`. */
const COUNTERS = 'berth-signer-counters';

export interface SignerProcessOptions {
  readonly dir: string;
  readonly cluster: Cluster;
  readonly api: KubeApi;
  readonly signer: AccountRef;
  readonly operator: AccountRef;
  /** Where the operators' leader-election Lease is. */
  readonly leaseNamespace: string;
  /** Holds the mnemonic. */
  readonly keyFile: string;
  /** `policy` of signer/config.ts. */
  readonly policy: Readonly<Record<string, unknown>>;
  readonly start: StartProcess;
}

export interface SignerProcess {
  readonly process: Supervised;
  /** `signer` of operator/config.ts. */
  readonly operatorConfig: Readonly<Record<string, unknown>>;
  readonly metrics: string;
  /** Where the counters are. */
  readonly counters: { readonly namespace: string; readonly name: string };
}

const split = (account: AccountRef): readonly [string, string] => {
  const [namespace = '', name = ''] = account.split('/');
  return [namespace, name];
};

/** Files of one side's mutual TLS. */
const writeTls = async (
  dir: string,
  ca: string,
  own: { readonly cert: string; readonly key: string },
): Promise<Readonly<Record<'caFile' | 'certFile' | 'keyFile', string>>> => {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const files = {
    caFile: join(dir, 'ca.crt'),
    certFile: join(dir, 'tls.crt'),
    keyFile: join(dir, 'tls.key'),
  };
  await writeFile(files.caFile, ca);
  await writeFile(files.certFile, own.cert);
  await writeFile(files.keyFile, own.key, { mode: 0o600 });
  return files;
};

/** Starts it with empty counters. @throws KubectlError, KubeError, ProgramError */
export const startSignerProcess = async (options: SignerProcessOptions): Promise<SignerProcess> => {
  const { dir, cluster, api } = options;
  const [namespace] = split(options.signer);
  const [operatorNamespace, operatorName] = split(options.operator);
  const counters = { namespace, name: COUNTERS };
  await api.apply(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: counters });

  const authority = await createAuthority('stack');
  const server = await writeTls(
    join(dir, 'signer-tls'),
    authority.cert,
    await authority.issue('signer'),
  );
  const client = await writeTls(
    join(dir, 'client-tls'),
    authority.cert,
    await authority.issue('operator'),
  );
  const tokenFile = join(dir, 'signer.token');
  const token = await kubectl(cluster.kubeconfigPath, [
    ...['create', 'token', operatorName, '--namespace', operatorNamespace],
    ...['--audience', 'berth-signer', '--duration', '24h'],
  ]);
  await writeFile(tokenFile, token, { mode: 0o600 });

  const [port = 0, httpPort = 0] = await freePorts(2);
  const configFile = join(dir, 'signer.yaml');
  await writeFile(
    configFile,
    stringify({
      kubeconfig: await cluster.kubeconfigFor(options.signer),
      namespace,
      counters: COUNTERS,
      key: { file: options.keyFile },
      listen: { host: '127.0.0.1', port },
      tls: { certFile: server.certFile, keyFile: server.keyFile, clientCaFile: server.caFile },
      caller: { user: `system:serviceaccount:${operatorNamespace}:${operatorName}` },
      leaderElection: { namespace: options.leaseNamespace },
      policy: options.policy,
      http: { host: '127.0.0.1', port: httpPort },
    }),
  );
  return {
    process: await options.start({ name: 'signer', configFile, logPath: join(dir, 'signer.log') }),
    operatorConfig: { url: `https://localhost:${port}`, ...client, tokenFile },
    metrics: `http://127.0.0.1:${httpPort}`,
    counters,
  };
};
