/** gRPC calls as clients send them: grpc-js over real TLS, each client on a connection of its own. */
import {
  BidScreeningRequest,
  BidScreeningResponse,
} from '@akashnetwork/chain-sdk/private-types/provider.akash.v1';
import type { Status } from '@akashnetwork/chain-sdk/private-types/provider.akash.v1';
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { PROVIDER_RPC } from '../grpc/provider-service.js';
import { fromGroupSpec } from '../../chain/decode/group-spec.js';
import type { GroupSpec } from '../../market/resources.js';

export interface GrpcClientOptions {
  readonly port: number;
  /** Default: the name that shows the on-chain certificate. */
  readonly serverName?: string;
  readonly pair?: { readonly cert: string; readonly key: string };
  readonly token?: string;
  readonly deadlineMs?: number;
}

/** How a call ended: an answer, or the status with its trailers. */
export type CallResult<A> =
  | { readonly ok: true; readonly answer: A }
  | {
      readonly ok: false;
      /** gRPC's number. */
      readonly status: number;
      readonly details: string;
      readonly code: string | undefined;
      readonly retryAfter: string | undefined;
    };

export interface GrpcClient {
  getStatus(): Promise<CallResult<Status>>;
  streamStatus(): ClientReadableStream<Status>;
  screen(
    group: GroupSpec | undefined,
    hostnames?: readonly string[],
  ): Promise<CallResult<BidScreeningResponse>>;
  /** Any bytes to any method. */
  raw(path: string, bytes: Uint8Array): Promise<CallResult<Buffer>>;
  /** Begins a call and sends no message; resolves with what the server makes of it. */
  silent(path: string): Promise<CallResult<Buffer>>;
  close(): void;
}

/** A failed call in our words. */
export const refusalOf = (error: ServiceError): CallResult<never> => ({
  ok: false,
  status: error.code,
  details: error.details,
  code: error.metadata.get('berth-code')[0]?.toString(),
  retryAfter: error.metadata.get('retry-after')[0]?.toString(),
});

const asBytes = (bytes: Uint8Array): Buffer => Buffer.from(bytes);

/** Connects lazily. The caller closes it. */
export const grpcClient = (options: GrpcClientOptions): GrpcClient => {
  const { pair } = options;
  const client = new Client(
    `127.0.0.1:${options.port}`,
    credentials.createSsl(
      null,
      pair === undefined ? null : Buffer.from(pair.key),
      pair === undefined ? null : Buffer.from(pair.cert),
      { rejectUnauthorized: false },
    ),
    {
      'grpc.ssl_target_name_override': options.serverName ?? 'mtls.provider.example.com',
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_retries': 0,
    },
  );
  const metadata = (): Metadata => {
    const sent = new Metadata();
    if (options.token !== undefined) sent.set('authorization', `Bearer ${options.token}`);
    return sent;
  };
  const callOptions = () =>
    options.deadlineMs === undefined ? {} : { deadline: Date.now() + options.deadlineMs };
  const settle =
    <A>(resolve: (result: CallResult<A>) => void) =>
    (error: ServiceError | null, answer?: A): void => {
      if (error !== null) resolve(refusalOf(error));
      else resolve({ ok: true, answer: answer as A });
    };
  return {
    getStatus: () =>
      new Promise((resolve) => {
        const { path, requestSerialize, responseDeserialize } = PROVIDER_RPC.GetStatus;
        client.makeUnaryRequest(
          ...([path, requestSerialize, responseDeserialize, {}] as const),
          ...([metadata(), callOptions(), settle(resolve)] as const),
        );
      }),
    streamStatus: () => {
      const { path, requestSerialize, responseDeserialize } = PROVIDER_RPC.StreamStatus;
      return client.makeServerStreamRequest(
        ...([path, requestSerialize, responseDeserialize, {}, metadata(), callOptions()] as const),
      );
    },
    screen: (group, hostnames = []) =>
      new Promise((resolve) => {
        const { path } = PROVIDER_RPC.BidScreening;
        client.makeUnaryRequest(
          path,
          (request: BidScreeningRequest) =>
            Buffer.from(BidScreeningRequest.encode(request).finish()),
          (bytes) => BidScreeningResponse.decode(bytes),
          {
            groupSpec: group === undefined ? undefined : fromGroupSpec(group),
            hostnames: [...hostnames],
          },
          ...([metadata(), callOptions(), settle(resolve)] as const),
        );
      }),
    raw: (path, bytes) =>
      new Promise((resolve) => {
        client.makeUnaryRequest(
          ...([path, asBytes, asBytes, bytes, metadata(), callOptions(), settle(resolve)] as const),
        );
      }),
    silent: (path) =>
      new Promise((resolve) => {
        const call = client.makeClientStreamRequest(
          ...([path, asBytes, asBytes, metadata(), callOptions(), settle(resolve)] as const),
        );
        call.on('error', () => undefined);
      }),
    close: () => {
      client.close();
    },
  };
};
