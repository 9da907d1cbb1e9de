/** Where messages and queries go. Modules are added once at start; authz also runs messages through here. */
import { isAppError, sdkError } from './errors.js';
import { messageGas } from './index-costs.js';
import type { MessageHandler, Module, QueryHandler } from './module.js';
import type { AnyMessage } from './tx/decode.js';

/** A message with its handler, decoded, signers known; what it holds inside stays the handler's business. */
export interface RoutedMessage {
  readonly typeUrl: string;
  readonly signers: readonly string[];
  /** @throws AppError */
  validateBasic(): void;
  /** @throws AppError */
  run(context: Parameters<MessageHandler<unknown>['run']>[0]): Uint8Array;
  /** The message in the text form that errors of authz quote. */
  describe(): string;
}

export class Router {
  readonly #messages = new Map<string, MessageHandler<unknown>>();
  readonly #queries = new Map<string, QueryHandler>();

  /** @throws Error when a message or query is already taken */
  add(module: Module): void {
    for (const [typeUrl, handler] of Object.entries(module.messages)) {
      if (this.#messages.has(typeUrl)) throw new Error(`two modules handle ${typeUrl}`);
      this.#messages.set(typeUrl, handler as MessageHandler<unknown>);
    }
    for (const [path, handler] of Object.entries(module.queries)) {
      if (this.#queries.has(path)) throw new Error(`two modules answer ${path}`);
      this.#queries.set(path, handler);
    }
  }

  /** Whether messages of this type are known. */
  handles(typeUrl: string): boolean {
    return this.#messages.has(typeUrl);
  }

  query(path: string): QueryHandler | undefined {
    return this.#queries.get(path);
  }

  /** @throws AppError sdk/2 when the type is unknown or the bytes are no such message */
  route(message: AnyMessage): RoutedMessage {
    const handler = this.#messages.get(message.typeUrl);
    if (handler === undefined) {
      throw sdkError('txDecode', `unable to resolve type URL ${message.typeUrl}`);
    }
    try {
      const decoded = handler.decode(message.value);
      return {
        typeUrl: message.typeUrl,
        signers: handler.signers(decoded),
        validateBasic: () => handler.validateBasic(decoded),
        run: (context) => {
          context.gas.consume(messageGas(message.typeUrl), message.typeUrl);
          return handler.run(context, decoded);
        },
        describe: () => handler.describe?.(decoded) ?? message.typeUrl,
      };
    } catch (error) {
      if (isAppError(error)) throw error;
      throw Object.assign(sdkError('txDecode', `${message.typeUrl} cannot be decoded`), {
        cause: error,
      });
    }
  }
}
