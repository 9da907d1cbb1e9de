/** The signer's composition root: the only place of Berth that holds the chain key in production. */
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import type { Logger } from 'pino';
import { inClusterAccess, isInCluster } from '../kube/access/in-cluster.js';
import { kubeconfigAccess } from '../kube/access/kubeconfig.js';
import { HttpKubeApi } from '../kube/http-api.js';
import { HttpsTransport } from '../kube/https-transport.js';
import { ConfigError, policyOf } from './config.js';
import type { SignerConfig } from './config.js';
import { createInternalServer } from './internal-server.js';
import { openKey } from './key.js';
import { createMetrics } from './metrics.js';
import { createCallerCheck } from './service/caller.js';
import { latestLeadershipOf } from './service/leadership.js';
import { createSignerServer } from './service/server.js';
import { BatchSigner } from './service/sign-batch.js';
import { KubeStateStore } from './state/state-store.js';

/** Longer than any sane API server; the caller's own deadline is shorter. */
const CLUSTER_TIMEOUT_MS = 5_000;

export interface SignerProcess {
  readonly port: number;
  readonly httpPort: number;
  /** The key's account. */
  readonly address: string;
  /** Resolves when everything has stopped after the signal. */
  readonly ended: Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;

const connect = async (config: SignerConfig, env: Env): Promise<HttpsTransport> => {
  const clock = { now: Date.now, monotonic: () => performance.now() };
  if (config.kubeconfig !== undefined) {
    return new HttpsTransport(await kubeconfigAccess({ path: config.kubeconfig, clock, env }));
  }
  if (isInCluster(env)) return new HttpsTransport(await inClusterAccess({ env, clock }));
  throw new ConfigError('kubeconfig: set it in the configuration file, or run inside a cluster');
};

const readTls = async ({
  tls,
}: SignerConfig): Promise<{ readonly cert: string; readonly key: string; readonly ca: string }> => {
  const [cert, key, ca] = await Promise.all(
    [tls.certFile, tls.keyFile, tls.clientCaFile].map((path) => readFile(path, 'utf8')),
  );
  return { cert: cert ?? '', key: key ?? '', ca: ca ?? '' };
};

const listen = (
  server: Server,
  at: { readonly host: string; readonly port: number },
): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });

/** Starts; returns once it listens. @throws ConfigError, WalletError, ReasonError, SignerUnavailableError, KubeAccessError when it cannot even start */
export const startSigner = async (
  config: SignerConfig,
  env: Env,
  log: Logger,
  signal: AbortSignal,
): Promise<SignerProcess> => {
  const signer = await openKey(config.key);
  const transport = await connect(config, env);
  const api = new HttpKubeApi(transport, { requestTimeoutMs: CLUSTER_TIMEOUT_MS });
  const metrics = createMetrics();
  const batches = new BatchSigner({
    signer,
    policy: policyOf(config, signer.address),
    store: new KubeStateStore(api, config.namespace, config.counters),
    latestLeadership: latestLeadershipOf(api, config.leaderElection),
    now: Date.now,
    onLost: () => {
      metrics.countersLost(Date.now() / 1000);
      log.error(
        { configMap: config.counters },
        'the counters are missing or unreadable: everything counts as spent for one day',
      );
    },
  });
  const served = await readTls(config);
  const server = createSignerServer(
    {
      batches,
      key: signer,
      callerFault: createCallerCheck({ api, ...config.caller, now: () => performance.now() }),
      onAnswered: (result) => {
        metrics.answered(result);
        for (const reason of result.refused) {
          log.warn({ reason: reason.code, field: reason.field }, reason.message);
        }
      },
      onFault: (err) => log.error({ err }, 'a request could not be answered'),
    },
    served,
  );
  const internal = createInternalServer(metrics.registry);
  const httpPort = await listen(internal, config.http);
  const port = await listen(server, config.listen);
  log.info({ port, address: signer.address }, 'signer listens');

  // Mounted certificates are renewed in place.
  let present = JSON.stringify(served);
  const reload = setInterval(() => {
    readTls(config).then(
      (tls) => {
        const text = JSON.stringify(tls);
        if (text === present) return;
        present = text;
        server.setSecureContext(tls);
        // What was let in by the certificates before has to come in again.
        server.closeIdleConnections();
      },
      (err: unknown) => log.error({ err }, 'the certificate files could not be read again'),
    );
  }, config.tls.reloadSeconds * 1000);
  const ended = new Promise<void>((resolve) => {
    const stop = (): void => {
      clearInterval(reload);
      internal.close();
      internal.closeAllConnections();
      server.close(() => {
        transport.close();
        resolve();
      });
      server.closeIdleConnections();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  return { port, httpPort, address: signer.address, ended };
};
