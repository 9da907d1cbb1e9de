/**
 * The market's modules on a state in memory, for unit tests: the kernel's own store, branches, router and contexts,
 * without transactions, signatures and fees. Blocks are five seconds apart; nothing here knows the wall clock.
 */
import { depositGrants } from '../../authz/deposit-grants.js';
import { endow } from '../../bank/keeper.js';
import type { Coin } from '../../../market/money.js';
import { Branch, emptyStore } from '../../kernel/branch.js';
import { freeContext, makeContext } from '../../kernel/context.js';
import { unlimitedGas } from '../../kernel/gas.js';
import type { Context, Event, Module } from '../../kernel/module.js';
import { Router } from '../../kernel/router.js';
import { createAkashModules } from '../modules.js';

/** A message's or request's type as the SDK generates it. */
export interface Codec<T> {
  readonly $type: string;
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** An encoded message with its type URL. */
export interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** What a transaction left behind. */
export interface Delivered {
  readonly events: readonly Event[];
  readonly responses: readonly Uint8Array[];
  readonly gas: bigint;
}

/** Genesis sections by module name, besides which the defaults hold. */
export type GenesisSections = Readonly<Record<string, unknown>>;

const FIRST_SECOND = 1_700_000_000n;
const BLOCK_SECONDS = 5n;

export class MemoryChain {
  readonly #router = new Router();
  readonly #modules: readonly Module[];
  readonly #state = new Branch(emptyStore);
  #height = 1n;

  constructor(genesis: GenesisSections = {}) {
    this.#modules = createAkashModules(depositGrants);
    for (const module of this.#modules) {
      this.#router.add(module);
      module.initGenesis?.(this.context(), genesis[module.name]);
    }
  }

  get height(): bigint {
    return this.#height;
  }

  /** Unix seconds of the block being built. */
  get seconds(): bigint {
    return FIRST_SECOND + this.#height * BLOCK_SECONDS;
  }

  /** A context on the state itself, without gas; events go to `emit`. */
  context(emit: (event: Event) => void = () => undefined): Context {
    return freeContext({ ...this.#parts(), store: this.#state, emit });
  }

  endow(address: string, coins: readonly Coin[]): void {
    endow(this.context(), address, coins);
  }

  /** Ends blocks until the height is `height`; returns the block-level events of the last end. */
  advanceTo(height: bigint): readonly Event[] {
    let events: Event[] = [];
    while (this.#height < height) {
      events = [];
      const context = this.context((event) => events.push(event));
      for (const module of this.#modules) module.endBlock?.(context);
      this.#height += 1n;
      for (const module of this.#modules) module.beginBlock?.(this.context());
    }
    return events;
  }

  advance(blocks = 1n): readonly Event[] {
    return this.advanceTo(this.#height + blocks);
  }

  /** Checks and runs messages as one transaction. @throws AppError, and nothing is written then */
  deliver(...messages: readonly AnyMessage[]): Delivered {
    const routed = messages.map((message) => this.#router.route(message));
    for (const message of routed) message.validateBasic();
    const branch = new Branch(this.#state);
    const gas = unlimitedGas();
    const events: Event[] = [];
    const context = makeContext({
      ...this.#parts(),
      store: branch,
      gas,
      emit: (event) => events.push(event),
    });
    const responses = routed.map((message) => message.run(context));
    branch.write();
    return { events, responses, gas: gas.used };
  }

  /** The accounts that would have to sign. */
  signersOf(message: AnyMessage): readonly string[] {
    return this.#router.route(message).signers;
  }

  /** Answers a query by its gRPC path. @throws AppError */
  query<Q, A>(path: string, request: Codec<Q>, asked: Q, answer: Codec<A>): A {
    return answer.decode(this.queryBytes(path, request.encode(asked).finish()));
  }

  /** Answers a query in bytes. @throws AppError */
  queryBytes(path: string, request: Uint8Array): Uint8Array {
    const handler = this.#router.query(path);
    if (handler === undefined) throw new Error(`no module answers ${path}`);
    return handler(this.context(), request);
  }

  #parts(): Pick<Context, 'chainId' | 'height' | 'time'> {
    return {
      chainId: 'memory-1',
      height: this.#height,
      time: { seconds: this.seconds, nanos: 0 },
    };
  }
}

/** `message` as a transaction holds it. */
export const anyOf = <T>(codec: Codec<T>, message: T): AnyMessage => ({
  typeUrl: `/${codec.$type}`,
  value: codec.encode(message).finish(),
});
