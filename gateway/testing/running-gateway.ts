/** A gateway on free ports over a fake world, with deadlines short enough for tests. */
import { createCertificateVerifier } from '../auth/certificate.js';
import { createTokenVerifier } from '../auth/token.js';
import { realSleep } from '../deadline.js';
import { startGateway } from '../gateway.js';
import type { Gateway, GatewayDependencies, GatewayLimits } from '../gateway.js';
import { createLogger } from '../log.js';
import { createMetrics } from '../metrics.js';
import type { GatewayMetrics } from '../metrics.js';
import type { KeyPair } from '../tls/https-servers.js';
import { makeCertificate } from './certificates.js';
import { fakePorts, fakeWorld } from './fake-world.js';
import type { FakeWorld } from './fake-world.js';

export const PROVIDER = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
export const HOSTNAME = 'provider.example.com';

export interface RunningGateway {
  readonly gateway: Gateway;
  readonly world: FakeWorld;
  readonly metrics: GatewayMetrics;
  /** Everything logged so far, one JSON object a line. */
  readonly logged: () => string;
  /** Adds to the wall clock that tokens and certificates are judged by. */
  readonly skipMs: (ms: number) => void;
  /** Holds up every later `GET /status` until `wait` resolves. */
  readonly onSnapshot: (wait: () => Promise<void>) => void;
}

export interface RunOptions {
  readonly limits?: Partial<GatewayLimits>;
  readonly leaseWait?: Partial<GatewayDependencies['leaseWait']>;
  readonly publicPair?: KeyPair;
  readonly recheckMs?: number;
  readonly graceMs?: number;
  readonly statusEveryMs?: number;
}

/** A self-signed pair for any common name. */
export const aPair = (commonName: string): KeyPair => {
  const made = makeCertificate({ commonName });
  return { certPem: made.cert, keyPem: made.key };
};

const LIMITS: GatewayLimits = {
  maxBodyBytes: 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  helloTimeoutMs: 2000,
  timeouts: {
    handshakeMs: 2000,
    headersMs: 2000,
    requestMs: 5000,
    keepAliveMs: 1000,
    checkMs: 50,
  },
  connections: { total: 100, perClient: 50 },
  newConnections: { burst: 1000, perSecond: 1000, maxKeys: 10 },
  perAddress: { burst: 1000, perSecond: 1000, maxKeys: 10 },
  perOwner: { burst: 1000, perSecond: 1000, maxKeys: 10 },
  screenings: { burst: 1000, perSecond: 1000, maxKeys: 1 },
};

/** Starts it; the caller stops it. */
export const runGateway = async (options: RunOptions = {}): Promise<RunningGateway> => {
  const world = fakeWorld();
  const ports = fakePorts(world);
  const lines: string[] = [];
  let skippedMs = 0;
  const now = (): number => performance.now() + skippedMs;
  const wallMs = (): number => Date.now() + skippedMs;
  const { identities } = ports;
  let beforeSnapshot = (): Promise<void> => Promise.resolve();
  const metrics = createMetrics();
  const gateway = await startGateway({
    ...ports,
    provider: {
      ...ports.provider,
      snapshot: async () => {
        await beforeSnapshot();
        return ports.provider.snapshot();
      },
    },
    authentication: {
      verifyToken: createTokenVerifier({
        identities,
        policy: { maxLifetimeSeconds: 900, skewSeconds: 30 },
        maxCachedKeys: 10,
        now,
        wallMs,
      }),
      verifyCertificate: createCertificateVerifier({
        identities,
        recheckMs: options.recheckMs ?? 10_000,
        maxCached: 10,
        now,
        wallMs,
      }),
    },
    address: PROVIDER,
    publicHostname: HOSTNAME,
    staticHosts: true,
    build: { version: '0.1.0', commit: 'abc' },
    certificates: { publicPair: options.publicPair, providerPair: aPair(PROVIDER) },
    listen: { host: '127.0.0.1', port: 0 },
    grpc: { host: '127.0.0.1', port: 0 },
    limits: { ...LIMITS, ...options.limits },
    leaseWait: { timeoutMs: 200, pollMs: 20, maxWaiting: 10, ...options.leaseWait },
    graceMs: options.graceMs ?? 1000,
    statusEveryMs: options.statusEveryMs ?? 50,
    now,
    wallMs,
    sleep: realSleep,
    metrics,
    log: createLogger('info', {
      write: (line: string) => {
        lines.push(line);
      },
    }),
  });
  return {
    gateway,
    world,
    metrics,
    logged: () => lines.join(''),
    skipMs: (ms) => {
      skippedMs += ms;
    },
    onSnapshot: (wait) => {
      beforeSnapshot = wait;
    },
  };
};
