/** The gateway's gRPC face: `akash.provider.v1.ProviderRPC` behind the same front door, certificates and limits as HTTPS. */
import type {
  BidScreeningRequest,
  BidScreeningResponse,
  Status,
} from '@akashnetwork/chain-sdk/private-types/provider.akash.v1';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Authenticator } from '../auth/authenticate.js';
import type { Sleep } from '../deadline.js';
import type { RequestRecord } from '../http/pipeline.js';
import type { TokenBuckets } from '../limits/token-bucket.js';
import { closeServer, listen } from '../listening.js';
import type { ListenAddress } from '../listening.js';
import type { ProviderReader, ScreeningDesk } from '../ports.js';
import { PROBLEM_STATUS } from '../problem.js';
import { createFrontDoor } from '../tls/front-door.js';
import type { FrontDoorOptions } from '../tls/front-door.js';
import { createGrpcConnections } from '../tls/grpc-connections.js';
import type { GrpcConnectionsOptions } from '../tls/grpc-connections.js';
import { createBidScreening } from './bid-screening.js';
import { createCallGuard } from './call-guard.js';
import { createCallPipeline } from './call-pipeline.js';
import { PROVIDER_RPC } from './provider-service.js';
import type { Empty } from './provider-service.js';
import { createStatusHandlers } from './status-stream.js';

export interface GrpcFaceOptions
  extends Omit<FrontDoorOptions, 'accept'>, Omit<GrpcConnectionsOptions, 'onConnection'> {
  readonly listen: ListenAddress;
  readonly authenticate: Authenticator;
  readonly perAddress: TokenBuckets;
  readonly perOwner: TokenBuckets;
  readonly screenings: TokenBuckets;
  readonly provider: ProviderReader;
  readonly screening: ScreeningDesk;
  /** From the start of a call to the end of its message. */
  readonly messageTimeoutMs: number;
  /** A connection without a call is closed after this. */
  readonly idleMs: number;
  /** From one status of a stream to the next. */
  readonly statusEveryMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Unix milliseconds. */
  readonly wallMs: () => number;
  readonly sleep: Sleep;
  readonly record: (record: RequestRecord) => void;
  /** Aborts when the gateway stops waiting for calls. */
  readonly stopping: AbortSignal;
}

/** A group of the largest deployments is a few kilobytes. */
const MAX_MESSAGE_BYTES = 128 * 1024;
/** Calls under way on one connection. */
const MAX_STREAMS = 16;
const MAX_STATUS_STREAMS = 256;
/** A client that has gone without a word is noticed after both. */
const PING_EVERY_MS = 30_000;
const PONG_WITHIN_MS = 10_000;
/** The grace is the gateway's own business: it ends with `closeAll`. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface GrpcFace {
  readonly port: number;
  useCertificates(
    pairs: Parameters<ReturnType<typeof createGrpcConnections>['useCertificates']>[0],
  ): void;
  /** Takes no new connections and ends those without a call; resolves when none is left. */
  closeIdle(): Promise<void>;
  /** Ends every connection now. */
  closeAll(): void;
}

const pathOf = (name: keyof typeof PROVIDER_RPC): string => PROVIDER_RPC[name].path;

/** Starts it. Rejects when the address cannot be listened on. */
export const startGrpcFace = async (options: GrpcFaceOptions): Promise<GrpcFace> => {
  const { record } = options;
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_concurrent_streams': MAX_STREAMS,
    'grpc.max_connection_idle_ms': options.idleMs,
    'grpc.keepalive_time_ms': PING_EVERY_MS,
    'grpc.keepalive_timeout_ms': PONG_WITHIN_MS,
    interceptors: [
      createCallGuard({
        ...options,
        onRefused: (route, client, { code }) => {
          const status = PROBLEM_STATUS[code];
          const nobody = { owner: undefined, fault: undefined };
          record({ method: 'GRPC', route, status, code, seconds: 0, client, ...nobody });
        },
      }),
    ],
  });
  // Decrypted by us, with two certificates and without grpc-js's own idea of which client certificates are good.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const connections = createGrpcConnections({
    ...options,
    onConnection: (socket) => {
      injector.injectConnection(socket);
    },
  });
  const calls = createCallPipeline({
    ...options,
    certificateOf: (peer) => connections.certificateOf(peer),
  });
  const status = createStatusHandlers({
    ...options,
    everyMs: options.statusEveryMs,
    maxStreams: MAX_STATUS_STREAMS,
  });
  server.addService(PROVIDER_RPC, {
    GetStatus: calls.unary<Empty, Status>(pathOf('GetStatus'), status.get),
    StreamStatus: calls.stream<Empty, Status>(pathOf('StreamStatus'), status.stream),
    BidScreening: calls.unary<BidScreeningRequest, BidScreeningResponse>(
      pathOf('BidScreening'),
      createBidScreening({ desk: options.screening, together: options.screenings }),
    ),
  });
  const door = createFrontDoor({
    ...options,
    accept: (socket, serverName) => {
      connections.accept(socket, serverName);
    },
  });
  const port = await listen(door.server, options.listen);
  return {
    port,
    useCertificates: (pairs) => {
      connections.useCertificates(pairs);
    },
    closeIdle: () => {
      injector.drain(LONGEST_TIMER_MS);
      return closeServer(door.server);
    },
    closeAll: () => {
      injector.destroy();
      server.forceShutdown();
      door.destroyAll();
    },
  };
};
