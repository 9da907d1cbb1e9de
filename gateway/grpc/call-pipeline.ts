/** What happens to every call whose message is read: authenticated, limited by owner, handled, answered, recorded. */
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import type { X509Certificate } from 'node:crypto';
import type { Authenticator } from '../auth/authenticate.js';
import type { Caller } from '../auth/caller.js';
import type { RequestRecord } from '../http/pipeline.js';
import type { TokenBuckets } from '../limits/token-bucket.js';
import { PROBLEM_STATUS, Problem, toProblem } from '../problem.js';
import { addressOf } from './call-guard.js';
import { statusOf } from './problem-status.js';

/** One call as its handler sees it. */
export interface Call<Q> {
  readonly request: Q;
  readonly caller: Caller;
  /** Aborts when the client has gone, its deadline has passed, or the gateway stops. */
  readonly signal: AbortSignal;
}

export interface CallPipelineOptions {
  readonly authenticate: Authenticator;
  readonly perOwner: TokenBuckets;
  /** The client certificate of a connection, by grpc-js's `address:port` of its peer. */
  readonly certificateOf: (peer: string) => X509Certificate | undefined;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly record: (record: RequestRecord) => void;
  /** Aborts when the gateway stops waiting for calls. */
  readonly stopping: AbortSignal;
}

export interface CallPipeline {
  unary<Q, A>(path: string, handle: (call: Call<Q>) => Promise<A>): handleUnaryCall<Q, A>;
  /** Answers with everything that `handle` yields, as fast as the client takes it. */
  stream<Q, A>(
    path: string,
    handle: (call: Call<Q>) => AsyncIterable<A>,
  ): handleServerStreamingCall<Q, A>;
}

type AnyCall<Q, A> = ServerUnaryCall<Q, A> | ServerWritableStream<Q, A>;

const drained = <Q, A>(call: ServerWritableStream<Q, A>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      call.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    call.once('drain', done);
    signal.addEventListener('abort', done);
  });

/** Builds it. */
export const createCallPipeline = (options: CallPipelineOptions): CallPipeline => {
  const { authenticate, perOwner, certificateOf, now, record, stopping } = options;

  /** Runs `work` for one call and tells what became of it; `undefined` when all went well. */
  const run = async <Q, A>(
    path: string,
    call: AnyCall<Q, A>,
    work: (call: Call<Q>) => Promise<void>,
  ): Promise<Problem | undefined> => {
    const startedMs = now();
    const peer = call.getPeer();
    const gone = new AbortController();
    call.on('cancelled', () => {
      gone.abort();
    });
    let caller: Caller = { kind: 'anonymous' };
    let problem: Problem | undefined;
    try {
      caller = await authenticate({
        authorization: call.metadata.get('authorization')[0]?.toString(),
        peerCertificate: certificateOf(peer),
      });
      if (caller.kind !== 'anonymous') {
        const verdict = perOwner.take(caller.owner);
        if (!verdict.ok) {
          throw new Problem('TooManyRequests', 'too many requests from this account; slow down', {
            retryAfterSeconds: verdict.retryAfterSeconds,
          });
        }
      }
      const signal = AbortSignal.any([gone.signal, stopping]);
      await work({ request: call.request, caller, signal });
    } catch (error) {
      problem = toProblem(error);
    }
    const status = problem === undefined ? 200 : PROBLEM_STATUS[problem.code];
    record({
      ...{ method: 'GRPC', route: path, status, code: problem?.code ?? 'ok' },
      seconds: (now() - startedMs) / 1000,
      client: addressOf(peer),
      owner: caller.kind === 'anonymous' ? undefined : caller.owner,
      fault: status >= 500 ? problem?.cause : undefined,
    });
    return problem;
  };

  return {
    unary: (path, handle) => (call, reply) => {
      void run(path, call, async (asked) => {
        reply(null, await handle(asked));
      }).then((problem) => {
        if (problem !== undefined) reply(statusOf(problem));
      });
    },
    stream: (path, handle) => (call) => {
      void run(path, call, async (asked) => {
        for await (const answer of handle(asked)) {
          if (asked.signal.aborted) break;
          if (!call.write(answer)) await drained(call, asked.signal);
        }
        if (stopping.aborted) throw new Problem('ShuttingDown', 'this gateway stops; ask again');
        call.end();
      }).then((problem) => {
        if (problem !== undefined) call.emit('error', statusOf(problem));
      });
    },
  };
};
