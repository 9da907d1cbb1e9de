/** `akash.provider.v1.ProviderRPC` for grpc-js, with the SDK's own messages (provider-wire 4.7). */
import {
  BidScreeningRequest,
  BidScreeningResponse,
  Status,
} from '@akashnetwork/chain-sdk/private-types/provider.akash.v1';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';

const SERVICE = 'akash.provider.v1.ProviderRPC';

interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** `google.protobuf.Empty`: whatever a client puts in it is nothing to us. */
export type Empty = Readonly<Record<string, never>>;
const empty: Codec<Empty> = {
  encode: () => ({ finish: () => new Uint8Array() }),
  decode: () => ({}),
};

const method = <Q, A>(
  name: string,
  request: Codec<Q>,
  response: Codec<A>,
  responseStream = false,
): MethodDefinition<Q, A> => ({
  path: `/${SERVICE}/${name}`,
  requestStream: false,
  responseStream,
  requestSerialize: (message) => Buffer.from(request.encode(message).finish()),
  requestDeserialize: (bytes) => request.decode(bytes),
  responseSerialize: (message) => Buffer.from(response.encode(message).finish()),
  responseDeserialize: (bytes) => response.decode(bytes),
});

/** The service's methods; clients may be built from it too. */
export const PROVIDER_RPC = {
  GetStatus: method('GetStatus', empty, Status),
  StreamStatus: method('StreamStatus', empty, Status, true),
  BidScreening: method('BidScreening', BidScreeningRequest, BidScreeningResponse),
} satisfies ServiceDefinition;
