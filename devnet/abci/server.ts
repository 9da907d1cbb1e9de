/** Serves ABCI over gRPC, as CometBFT's `abci = "grpc"` asks for it. */
import { Server, ServerCredentials, status, type ServiceDefinition } from '@grpc/grpc-js';
import type { AbciMethod } from './methods.js';

const SERVICE = 'tendermint.abci.ABCI';
/** A proposal holds up to 22,020,096 bytes of transactions, its results several times as much. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

const passBytes = (bytes: Buffer): Buffer => bytes;

const definitionOf = (methods: Readonly<Record<string, AbciMethod>>): ServiceDefinition =>
  Object.fromEntries(
    Object.keys(methods).map((name) => [
      name,
      {
        path: `/${SERVICE}/${name}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: passBytes,
        requestDeserialize: passBytes,
        responseSerialize: passBytes,
        responseDeserialize: passBytes,
      },
    ]),
  );

/** A running server. */
export interface AbciServer {
  readonly port: number;
  close(): void;
}

/**
 * Listens on loopback. A method that throws answers INTERNAL and is told to `onFault`: CometBFT stops on it, as it must,
 * because the state machine is no longer known.
 * @param port 0 for any free one
 */
export const serveAbci = async (
  methods: Readonly<Record<string, AbciMethod>>,
  port: number,
  onFault: (method: string, error: unknown) => void,
): Promise<AbciServer> => {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  });
  server.addService(
    definitionOf(methods),
    Object.fromEntries(
      Object.entries(methods).map(([name, method]) => [
        name,
        (call: { request: Buffer }, reply: (error: object | null, value?: Buffer) => void) => {
          try {
            reply(null, Buffer.from(method(call.request)));
          } catch (error) {
            onFault(name, error);
            const details = error instanceof Error ? error.message : String(error);
            reply({ code: status.INTERNAL, details });
          }
        },
      ]),
    ),
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, actual) => {
      if (error === null) resolve(actual);
      else reject(error);
    });
  });
  return { port: bound, close: () => server.forceShutdown() };
};
