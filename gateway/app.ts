/** The gateway's composition root: the only place that knows every part. Holds no chain key. */
import { connectChain } from '../chain/client.js';
import type { ChainClient } from '../chain/client.js';
import { createAsk } from './adapters/asking.js';
import { createIdentityReader, createLeaseReader } from './adapters/chain-readers.js';
import { connectCluster } from './adapters/cluster-connection.js';
import type { ClusterConnection } from './adapters/cluster-connection.js';
import { createKubeLeaseStreams } from './adapters/kube-lease-streams.js';
import { createKubeManifestStore } from './adapters/kube-manifest-store.js';
import { createKubeProvider } from './adapters/kube-provider.js';
import { createKubeWorkloads } from './adapters/kube-workloads.js';
import { createOperatorScreening, noScreening } from './adapters/operator-screening.js';
import { createCertificateVerifier } from './auth/certificate.js';
import { createTokenVerifier } from './auth/token.js';
import type { GatewayConfig } from './config.js';
import { realSleep } from './deadline.js';
import { startGateway } from './gateway.js';
import type { GatewayDependencies } from './gateway.js';
import { createInternalServer } from './internal-server.js';
import type { Readiness } from './internal-server.js';
import { gatewayLimits, leaseWait } from './limit-settings.js';
import { closeServer, listen } from './listening.js';
import type { Logger } from 'pino';
import { createMetrics } from './metrics.js';
import { readCertificates, readProviderSettings } from './settings.js';
import { reloadCertificates, untilThere } from './startup.js';
import type { ProviderSettings } from './settings.js';

/** Answers of the public status page may be this old. */
const STATUS_FRESH_MS = 5000;
/** How soon a log stream takes up a pod or container that is new. */
const STREAM_LOOK_MS = 2000;
const MAX_CACHED_IDENTITIES = 10_000;

export interface GatewayProcess {
  /** The port of metrics and probes. */
  readonly httpPort: number;
  /** Resolves when everything has stopped after the signal. */
  readonly ended: Promise<void>;
}

export interface AppOptions {
  readonly config: GatewayConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly build: { readonly version: string; readonly commit: string };
  readonly log: Logger;
  /** Aborting it stops the gateway gracefully. */
  readonly signal: AbortSignal;
  /** Told the tenants' port once it is open. */
  readonly onServing: (port: number) => void;
}

const now = (): number => performance.now();
const wallMs = (): number => Date.now();

const portsOf = (
  { config }: AppOptions,
  settings: ProviderSettings,
  chain: ChainClient,
  cluster: ClusterConnection,
) => {
  const askChain = createAsk('chain', config.timeouts.chainSeconds * 1000);
  const askCluster = createAsk('cluster', config.timeouts.clusterSeconds * 1000);
  return {
    leases: createLeaseReader(chain.reader, settings.address, askChain),
    identities: createIdentityReader(chain.reader, askChain),
    manifests: createKubeManifestStore(cluster.api, config.namespace, askCluster),
    workloads: createKubeWorkloads(cluster.api, askCluster),
    streams: createKubeLeaseStreams({
      ...{ api: cluster.api, pods: cluster.pods, ask: askCluster, sleep: realSleep },
      lookMs: STREAM_LOOK_MS,
    }),
    screening:
      config.screening === undefined
        ? noScreening
        : createOperatorScreening({
            ...config.screening,
            timeoutMs: config.timeouts.screeningSeconds * 1000,
          }),
    provider: createKubeProvider(cluster.api, askCluster, {
      name: config.computeProvider,
      freshMs: STATUS_FRESH_MS,
      clusterVersion: () => cluster.version(),
      now,
    }),
  };
};

const authenticationOf = (
  config: GatewayConfig,
  { identities }: ReturnType<typeof portsOf>,
): GatewayDependencies['authentication'] => ({
  verifyToken: createTokenVerifier({
    identities,
    policy: config.tokens,
    maxCachedKeys: MAX_CACHED_IDENTITIES,
    now,
    wallMs,
  }),
  verifyCertificate: createCertificateVerifier({
    identities,
    recheckMs: config.certificates.recheckSeconds * 1000,
    maxCached: MAX_CACHED_IDENTITIES,
    now,
    wallMs,
  }),
});

/** Everything between "connected to the cluster" and "stopped". */
const serve = async (
  options: AppOptions,
  cluster: ClusterConnection,
  metrics: ReturnType<typeof createMetrics>,
  onReadiness: (readiness: Readiness) => void,
): Promise<void> => {
  const { config, log } = options;
  const waiting = (why: string): void => {
    onReadiness({ ready: false, why });
  };
  const settings = await untilThere(
    () => readProviderSettings(config, cluster.api),
    options,
    waiting,
  );
  const certificates = await untilThere(
    () => readCertificates(config, cluster.api),
    options,
    waiting,
  );
  if (settings === undefined || certificates === undefined) return;
  const chain = connectChain({
    endpoints: settings.endpoints,
    chainId: settings.chainId,
    requestTimeoutMs: config.timeouts.chainSeconds * 1000,
  });
  try {
    const ports = portsOf(options, settings, chain, cluster);
    const gateway = await startGateway({
      ...ports,
      authentication: authenticationOf(config, ports),
      address: settings.address,
      publicHostname: settings.hostname,
      staticHosts: settings.staticHosts,
      build: options.build,
      certificates,
      listen: config.listen,
      grpc: config.grpc,
      limits: gatewayLimits(config),
      leaseWait: leaseWait(config),
      graceMs: config.stop.graceSeconds * 1000,
      statusEveryMs: STATUS_FRESH_MS,
      now,
      wallMs,
      sleep: realSleep,
      metrics,
      log,
    });
    onReadiness({ ready: true });
    options.onServing(gateway.port);
    await reloadCertificates({
      ...options,
      everyMs: config.tls.reloadSeconds * 1000,
      read: () => readCertificates(config, cluster.api),
      first: certificates,
      use: (pairs) => {
        gateway.useCertificates(pairs);
      },
    });
    onReadiness({ ready: false, why: 'stopping' });
    await gateway.stop();
  } finally {
    chain.close();
  }
};

/** Starts; returns once metrics and probes answer. @throws ConfigError or KubeAccessError when it cannot even start */
export const startApp = async (options: AppOptions): Promise<GatewayProcess> => {
  const { config, env } = options;
  const cluster = await connectCluster({
    kubeconfig: config.kubeconfig,
    context: config.context,
    timeoutMs: config.timeouts.clusterSeconds * 1000,
    env,
    clock: { now: wallMs, monotonic: now },
  });
  const metrics = createMetrics();
  let readiness: Readiness = { ready: false, why: 'starting' };
  const internal = createInternalServer({
    registry: metrics.registry,
    readiness: async () => readiness,
  });
  const httpPort = await listen(internal, config.http);
  const ended = serve(options, cluster, metrics, (next) => {
    readiness = next;
  }).finally(async () => {
    internal.closeAllConnections();
    await closeServer(internal);
    cluster.close();
  });
  return { httpPort, ended };
};
