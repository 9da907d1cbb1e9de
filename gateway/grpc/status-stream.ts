/** GetStatus and StreamStatus: the provider's public figures, as on `GET /status`. */
import type { Status } from '@akashnetwork/chain-sdk/private-types/provider.akash.v1';
import type { Sleep } from '../deadline.js';
import type { ProviderReader } from '../ports.js';
import { Problem } from '../problem.js';
import { grpcStatus } from '../view/grpc-status.js';
import type { Call } from './call-pipeline.js';
import type { Empty } from './provider-service.js';

export interface StatusDependencies {
  readonly provider: ProviderReader;
  readonly publicHostname: string;
  /** Unix milliseconds. */
  readonly wallMs: () => number;
  readonly sleep: Sleep;
  /** From one status of a stream to the next. */
  readonly everyMs: number;
  /** Streams of all clients together. */
  readonly maxStreams: number;
}

export interface StatusHandlers {
  readonly get: (call: Call<Empty>) => Promise<Status>;
  readonly stream: (call: Call<Empty>) => AsyncIterable<Status>;
}

/** Builds both handlers. */
export const createStatusHandlers = (deps: StatusDependencies): StatusHandlers => {
  const { provider, publicHostname, wallMs, sleep, everyMs, maxStreams } = deps;
  let open = 0;
  const get = async (): Promise<Status> =>
    grpcStatus(await provider.snapshot(), publicHostname, wallMs());
  return {
    get,
    stream: async function* ({ signal }) {
      if (open >= maxStreams) {
        throw new Problem('Overloaded', 'too many clients follow the status; ask for it instead');
      }
      open += 1;
      try {
        while (!signal.aborted) {
          yield await get();
          await sleep(everyMs, signal);
        }
      } finally {
        open -= 1;
      }
    },
  };
};
