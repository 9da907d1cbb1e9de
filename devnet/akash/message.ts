/** Shortens the making of message and query handlers whose bytes are plain SDK types. */
import type { MessageHandler, QueryHandler } from '../kernel/module.js';
import { sdkError } from '../kernel/errors.js';

/** The half of an SDK codec that reads. */
export interface Decoder<T> {
  decode(bytes: Uint8Array): T;
}

/** Decodes a transaction's message. @throws AppError sdk/2 when the bytes are no such message */
export const decodeMessage = <T>(codec: Decoder<T>, bytes: Uint8Array): T => {
  try {
    return codec.decode(bytes);
  } catch {
    throw sdkError('txDecode', 'unable to resolve message');
  }
};

/** A message's parts; what `run` returns is empty for most messages, hence the default of an empty response. */
export interface MessageParts<M> {
  readonly codec: Decoder<M>;
  readonly signer: (message: M) => string;
  readonly validate: (message: M) => void;
  /** See `MessageHandler.describe`. */
  readonly describe?: (message: M) => string;
  readonly run: (
    context: Parameters<MessageHandler<M>['run']>[0],
    message: M,
  ) => Uint8Array | undefined;
}

/** A handler with one signer. */
export const message = <M>(parts: MessageParts<M>): MessageHandler<M> => ({
  decode: (bytes) => decodeMessage(parts.codec, bytes),
  signers: (decoded) => [parts.signer(decoded)],
  validateBasic: parts.validate,
  run: (context, decoded) => parts.run(context, decoded) ?? new Uint8Array(),
  ...(parts.describe === undefined ? {} : { describe: parts.describe }),
});

/** A query over an SDK request type. @throws AppError sdk/18 when the request cannot be read */
export const query =
  <Q>(
    codec: Decoder<Q>,
    answer: (context: Parameters<QueryHandler>[0], request: Q) => Uint8Array,
  ): QueryHandler =>
  (context, bytes) => {
    let request: Q;
    try {
      request = codec.decode(bytes);
    } catch {
      throw sdkError('invalidRequest', 'cannot decode the query');
    }
    return answer(context, request);
  };
