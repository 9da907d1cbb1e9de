/**
 * What holds for every call before its message is read: limited by address, and bounded in time, so that a client who opens calls
 * and sends nothing costs little.
 */
import { ServerInterceptingCall, ServerListenerBuilder, ResponderBuilder } from '@grpc/grpc-js';
import type { ServerInterceptor } from '@grpc/grpc-js';
import { clientKey } from '../limits/client-address.js';
import type { TokenBuckets } from '../limits/token-bucket.js';
import { Problem } from '../problem.js';
import { statusOf } from './problem-status.js';

export interface CallGuardOptions {
  readonly perAddress: TokenBuckets;
  /** From the start of a call to the end of its message. */
  readonly messageTimeoutMs: number;
  /** Told of calls that ended here. */
  readonly onRefused: (path: string, client: string, problem: Problem) => void;
}

/** The address in grpc-js's `address:port`. */
export const addressOf = (peer: string): string => clientKey(peer.replace(/:\d+$/, ''));

/** Builds it. */
export const createCallGuard =
  ({ perAddress, messageTimeoutMs, onRefused }: CallGuardOptions): ServerInterceptor =>
  (method, call) => {
    let timer: NodeJS.Timeout | undefined;
    let refused = false;
    const guarded = new ServerInterceptingCall(
      call,
      new ResponderBuilder()
        .withStart((next) => {
          const client = addressOf(call.getPeer());
          const refuse = (problem: Problem): void => {
            refused = true;
            onRefused(method.path, client, problem);
            call.sendStatus(statusOf(problem));
          };
          const verdict = perAddress.take(client);
          if (verdict.ok) {
            timer = setTimeout(() => {
              refuse(new Problem('MalformedRequest', 'the call sent no message in time'));
            }, messageTimeoutMs);
          }
          next(
            new ServerListenerBuilder()
              .withOnReceiveMetadata((metadata, pass) => {
                if (verdict.ok) pass(metadata);
                else {
                  refuse(
                    new Problem(
                      'TooManyRequests',
                      'too many requests from this address; slow down',
                      { retryAfterSeconds: verdict.retryAfterSeconds },
                    ),
                  );
                }
              })
              .withOnReceiveHalfClose((pass) => {
                clearTimeout(timer);
                if (!refused) pass();
              })
              .withOnCancel(() => {
                clearTimeout(timer);
              })
              .build(),
          );
        })
        .withSendStatus((status, next) => {
          clearTimeout(timer);
          next(status);
        })
        .build(),
    );
    return guarded;
  };
