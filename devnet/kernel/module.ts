/**
 * The seam between the devnet's kernel (store, ante, routing, ABCI) and its modules (deployment, market, escrow, …).
 * A module is deterministic: it sees only the store, the block's height and time, and the message.
 */

/** Ordered key/value store; keys are ASCII text, values are opaque bytes (by convention protobuf). */
export interface Store {
  get(key: string): Uint8Array | undefined;
  set(key: string, value: Uint8Array): void;
  delete(key: string): void;
  /** Entries whose key starts with `prefix`, in key order; `after` resumes behind that key; `reverse` walks down. */
  iterate(
    prefix: string,
    options?: { readonly after?: string; readonly reverse?: boolean },
  ): Iterable<readonly [key: string, value: Uint8Array]>;
}

/** Protobuf time. */
export interface BlockTime {
  readonly seconds: bigint;
  readonly nanos: number;
}

export interface EventAttribute {
  readonly key: string;
  readonly value: string;
}

export interface Event {
  readonly type: string;
  readonly attributes: readonly EventAttribute[];
}

export interface GasMeter {
  readonly used: bigint;
  readonly limit: bigint;
  /** @throws AppError sdk/11 when the limit is passed; `used` then counts what was consumed. */
  consume(amount: bigint, what: string): void;
}

/** What a handler sees. The store charges gas per read, write and byte by itself, as the SDK's does. */
export interface Context {
  readonly store: Store;
  readonly chainId: string;
  readonly height: bigint;
  readonly time: BlockTime;
  readonly gas: GasMeter;
  /** Appends an event in order. Typed akash events go through `emitTyped`. */
  emit(event: Event): void;
  /** Emits `type` with JSON-encoded attribute values, keys sorted, as cosmos `EmitTypedEvent` does. */
  emitTyped(type: string, fields: Readonly<Record<string, unknown>>): void;
}

/** A refusal with the real codespace and code; `message` is the raw log. */
export class AppError extends Error {
  readonly codespace: string;
  readonly code: number;
  constructor(codespace: string, code: number, message: string) {
    super(message);
    this.name = 'AppError';
    this.codespace = codespace;
    this.code = code;
  }
}

/** A message type: decode once, check without state (CheckTx and FinalizeBlock), then run (FinalizeBlock, Simulate). */
export interface MessageHandler<M> {
  decode(bytes: Uint8Array): M;
  /** Addresses that must sign, in order. */
  signers(message: M): readonly string[];
  /** @throws AppError */
  validateBasic(message: M): void;
  /** Returns the encoded `Msg…Response`. @throws AppError; the kernel then reverts the transaction's writes. */
  run(context: Context, message: M): Uint8Array;
  /** The message in gogoproto's text form, which authz quotes when running it failed; without it the type URL is quoted. */
  describe?(message: M): string;
}

/** An ABCI query: request bytes in, response bytes out. @throws AppError (not found has the real code and text). */
export type QueryHandler = (context: Context, request: Uint8Array) => Uint8Array;

export interface Module {
  readonly name: string;
  /** Keys are full type URLs such as `/akash.market.v1beta5.MsgCreateBid`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each entry is typed by its own message; the router only pairs decode with run
  readonly messages: Readonly<Record<string, MessageHandler<any>>>;
  /** Keys are gRPC paths such as `/akash.market.v1beta5.Query/Orders`. */
  readonly queries: Readonly<Record<string, QueryHandler>>;
  /** Called once with this module's part of the genesis app state (JSON). */
  initGenesis?(context: Context, state: unknown): void;
  /** Called before the first transaction of every block; its events are block-level (mode=BeginBlock is added by the kernel). */
  beginBlock?(context: Context): void;
  /** Called at the end of every block; its events are block-level (mode=EndBlock is added by the kernel). */
  endBlock?(context: Context): void;
}
