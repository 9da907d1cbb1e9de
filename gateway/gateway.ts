/** The running gateway over its ports: everything but files, clients and the process. */
import type { Logger } from 'pino';
import { createAuthenticator } from './auth/authenticate.js';
import type { AuthenticatorDependencies } from './auth/authenticate.js';
import type { Sleep } from './deadline.js';
import { startGrpcFace } from './grpc/grpc-face.js';
import type { GrpcFace } from './grpc/grpc-face.js';
import { createApplication } from './http/application.js';
import { createPipeline } from './http/pipeline.js';
import type { RequestRecord } from './http/pipeline.js';
import { createUpgradeListener } from './http/upgrade.js';
import { createConnectionCounter } from './limits/connection-count.js';
import type { ConnectionLimits } from './limits/connection-count.js';
import { createTokenBuckets } from './limits/token-bucket.js';
import type { BucketOptions } from './limits/token-bucket.js';
import { closeServer, listen } from './listening.js';
import type { ListenAddress } from './listening.js';
import type { GatewayMetrics } from './metrics.js';
import type {
  LeaseReader,
  ManifestStore,
  ProviderReader,
  ScreeningDesk,
  WorkloadReader,
} from './ports.js';
import { leaseRoutes } from './routes/lease-routes.js';
import { manifestIntakeRoute } from './routes/manifest-intake.js';
import type { LeaseWait } from './routes/lease-finder.js';
import { notYetRoutes } from './routes/not-yet-routes.js';
import { streamRoutes } from './routes/stream-routes.js';
import type { LeaseStreams } from './streams.js';
import { providerRoutes } from './routes/provider-routes.js';
import { createFrontDoor } from './tls/front-door.js';
import type { DoorRefusal, FrontDoor } from './tls/front-door.js';
import { createHttpsServers } from './tls/https-servers.js';
import type { HttpTimeouts, HttpsServers, KeyPair } from './tls/https-servers.js';

export interface GatewayLimits {
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  readonly helloTimeoutMs: number;
  readonly timeouts: HttpTimeouts;
  readonly connections: ConnectionLimits;
  readonly newConnections: BucketOptions;
  readonly perAddress: BucketOptions;
  readonly perOwner: BucketOptions;
  /** Bid screenings of all clients together. */
  readonly screenings: BucketOptions;
}

export interface GatewayDependencies {
  readonly leases: LeaseReader;
  readonly manifests: ManifestStore;
  readonly workloads: WorkloadReader;
  readonly provider: ProviderReader;
  readonly streams: LeaseStreams;
  readonly screening: ScreeningDesk;
  readonly authentication: AuthenticatorDependencies;
  /** Our account's address. */
  readonly address: string;
  readonly publicHostname: string;
  readonly staticHosts: boolean;
  readonly build: { readonly version: string; readonly commit: string };
  readonly certificates: {
    readonly publicPair: KeyPair | undefined;
    readonly providerPair: KeyPair;
  };
  readonly listen: ListenAddress;
  /** Where gRPC is served. */
  readonly grpc: ListenAddress;
  readonly limits: GatewayLimits;
  readonly leaseWait: LeaseWait;
  /** How long requests may go on after a stop was asked for. */
  readonly graceMs: number;
  /** From one status to the next for a client that follows it. */
  readonly statusEveryMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Unix milliseconds. */
  readonly wallMs: () => number;
  readonly sleep: Sleep;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
}

export interface Gateway {
  /** The port that was bound; of interest when 0 was asked for. */
  readonly port: number;
  /** The same of gRPC. */
  readonly grpcPort: number;
  useCertificates(pairs: GatewayDependencies['certificates']): void;
  /** Takes no new connections, lets requests finish within the grace, then closes everything. Idempotent. */
  stop(): Promise<void>;
}

const recorder =
  (metrics: GatewayMetrics, log: Logger) =>
  (record: RequestRecord): void => {
    metrics.request(record);
    const { fault, ...fields } = record;
    if (fault === undefined) log.info(fields, 'request');
    else if (record.code === 'InternalError')
      log.error({ ...fields, err: fault }, 'request failed');
    else log.warn({ ...fields, err: fault }, 'request not served');
  };

const routesOf = (dependencies: GatewayDependencies) => [
  ...providerRoutes(dependencies),
  manifestIntakeRoute({
    ...dependencies,
    validation: { staticHosts: dependencies.staticHosts },
    wait: dependencies.leaseWait,
  }),
  ...leaseRoutes(dependencies),
  ...streamRoutes(dependencies),
  ...notYetRoutes(),
];

/** Ends what still runs: first politely, after the grace for good. */
const drain = async (
  dependencies: GatewayDependencies,
  servers: HttpsServers,
  door: FrontDoor,
  grpc: GrpcFace,
): Promise<void> => {
  const closed = new AbortController();
  const allClosed = Promise.all([closeServer(door.server), grpc.closeIdle()]).then(() => {
    closed.abort();
  });
  servers.closeIdle();
  await dependencies.sleep(dependencies.graceMs, closed.signal);
  servers.closeAll();
  door.destroyAll();
  grpc.closeAll();
  await allClosed;
};

/** Starts to serve tenants. Rejects when the address cannot be listened on. */
export const startGateway = async (dependencies: GatewayDependencies): Promise<Gateway> => {
  const { limits, now, log, metrics } = dependencies;
  const stopping = new AbortController();
  const connections = createConnectionCounter(limits.connections);
  metrics.watchConnections(() => connections.open());
  // One set of limits for both faces: a client has as much as before when it uses the other one too.
  const shared = {
    authenticate: createAuthenticator(dependencies.authentication),
    perAddress: createTokenBuckets(limits.perAddress, now),
    perOwner: createTokenBuckets(limits.perOwner, now),
    now,
    record: recorder(metrics, log),
    stopping: stopping.signal,
  };
  const wrap = createPipeline({ ...shared, maxBodyBytes: limits.maxBodyBytes });
  const handler = createApplication(routesOf(dependencies), wrap);
  const servers = createHttpsServers({
    ...dependencies.certificates,
    publicHostname: dependencies.publicHostname,
    timeouts: limits.timeouts,
    maxHeaderBytes: limits.maxHeaderBytes,
    handler,
    onUpgrade: createUpgradeListener(handler),
    onClientError: (code) => {
      metrics.clientError(code);
    },
  });
  const front = {
    connections,
    newConnections: createTokenBuckets(limits.newConnections, now),
    helloTimeoutMs: limits.helloTimeoutMs,
    onRefused: (reason: DoorRefusal) => {
      metrics.connectionRefused(reason);
    },
  };
  const door = createFrontDoor({
    ...front,
    accept: (socket, serverName) => {
      servers.accept(socket, serverName);
    },
  });
  const giveUp = (error: unknown): never => {
    servers.closeAll();
    door.server.close();
    throw error;
  };
  const port = await listen(door.server, dependencies.listen).catch(giveUp);
  const grpc = await startGrpcFace({
    ...{ ...dependencies, ...dependencies.certificates, ...shared, ...front },
    listen: dependencies.grpc,
    screenings: createTokenBuckets(limits.screenings, now),
    handshakeMs: limits.timeouts.handshakeMs,
    messageTimeoutMs: limits.timeouts.headersMs,
    idleMs: limits.timeouts.keepAliveMs,
    onClientError: (code) => {
      metrics.clientError(code);
    },
  }).catch(giveUp);
  log.info({ port, grpcPort: grpc.port }, 'serving tenants');
  const stop = async (): Promise<void> => {
    log.info('stopping: no new connections');
    stopping.abort();
    await drain(dependencies, servers, door, grpc);
    log.info('stopped');
  };
  let stopped: Promise<void> | undefined;
  return {
    port,
    grpcPort: grpc.port,
    useCertificates: (pairs) => {
      servers.useCertificates(pairs);
      grpc.useCertificates(pairs);
    },
    stop: () => (stopped ??= stop()),
  };
};
