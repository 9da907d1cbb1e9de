/**
 * Several RPC endpoints behind one `execute`. They are asked in the order of their scores; one that is silent is overtaken
 * by the next within a second, one that fails gives way at once. Endpoints of another chain, that catch up, lag or lie are
 * never asked.
 */
import type { JsonRpcRequest, JsonRpcSuccessResponse } from '@cosmjs/json-rpc';
import type { RpcClient } from '@cosmjs/tendermint-rpc';
import { ChainUnavailableError } from '../ports.js';
import type { ChainClock } from '../clock.js';
import { endpointAddress } from './endpoint-config.js';
import type { EndpointConfig } from './endpoint-config.js';
import { scoreBand } from './endpoint-state.js';
import type { EndpointState } from './endpoint-state.js';
import { hedge } from './hedge.js';
import { EndpointFaultError, isEndpointFault } from './http-endpoint.js';
import type { HttpEndpoint } from './http-endpoint.js';
import { readNodeStatus } from './node-status.js';
import { Slot } from './slot.js';

export interface EndpointPoolOptions {
  /** In order of preference, at least one. */
  readonly endpoints: readonly HttpEndpoint[];
  /** Expected chain; without it the first answering endpoint decides, and the others must agree. */
  readonly chainId?: string | undefined;
  readonly clock: ChainClock;
  /** How long a look at `status` counts, milliseconds. */
  readonly recheckMs: number;
}

/** One endpoint alone. `execute` throws ChainUnavailableError or RpcAnswerError and asks nobody else. */
export interface EndpointRpc extends RpcClient {
  /** Host and port: two with different ones are independent. */
  readonly label: string;
  readonly trusted: boolean;
}

/** Implements CosmJS's `RpcClient`, so that its clients run over the pool. */
export class EndpointPool implements RpcClient {
  readonly #clock: ChainClock;
  readonly #recheckMs: number;
  #slots: readonly Slot[];
  #chainId: string | undefined;
  #serving: Slot | undefined;

  constructor(options: EndpointPoolOptions) {
    if (options.endpoints.length === 0) throw new RangeError('endpoints: at least one is needed');
    this.#slots = options.endpoints.map((endpoint) => new Slot(endpoint, options.clock));
    this.#clock = options.clock;
    this.#recheckMs = options.recheckMs;
    this.#chainId = options.chainId;
  }

  get slots(): readonly Slot[] {
    return this.#slots;
  }

  get chainId(): string | undefined {
    return this.#chainId;
  }

  /** Each endpoint as it is now, in the configured order. */
  states(): readonly EndpointState[] {
    return this.#slots.map((slot) => slot.state(slot === this.#serving));
  }

  /**
   * The first answer that an endpoint gives.
   * @throws RpcAnswerError the node's own refusal; ChainUnavailableError when no endpoint answered
   */
  async execute(rpc: JsonRpcRequest): Promise<JsonRpcSuccessResponse> {
    const order = this.#inOrder();
    const attempts = order.map((slot) => ({
      patienceMs: slot.patienceMs(),
      overtaken: (afterMs: number) => {
        slot.overtaken(afterMs);
      },
      run: (signal: AbortSignal) => this.#ask(slot, rpc, signal),
    }));
    const result = await hedge(attempts, this.#clock, isEndpointFault);
    if (result.kind === 'answer') {
      const { slot, answer } = result.value;
      this.#serving = slot;
      this.#reconsider(slot);
      return answer;
    }
    const faults = this.#slots.map((s) => s.message).join('; ');
    throw new ChainUnavailableError(`no RPC endpoint answered ${rpc.method}: ${faults}`);
  }

  /**
   * Up to `n` independent endpoints, the best first, to send the same thing to each; never empty while any is left that is
   * not excluded.
   */
  targets(n: number): readonly EndpointRpc[] {
    const chosen = new Map<string, Slot>();
    for (const slot of this.#inOrder()) {
      if (chosen.size < n && !slot.excluded && !chosen.has(slot.label))
        chosen.set(slot.label, slot);
    }
    return [...chosen.values()].map((slot) => this.#alone(slot));
  }

  /** Endpoints that may bear witness: known to be good, each at another place; trusted ones first. */
  witnesses(): readonly EndpointRpc[] {
    const good = this.#inOrder().filter(
      (s) => s.code === 'Healthy' && !s.resting && s.isFresh(this.#recheckMs),
    );
    const chosen = new Map<string, Slot>();
    for (const slot of good.toSorted((a, b) => Number(b.trusted) - Number(a.trusted))) {
      if (!chosen.has(slot.label)) chosen.set(slot.label, slot);
    }
    return [...chosen.values()].map((slot) => this.#alone(slot));
  }

  /** Where new websockets should go: the endpoints asked first, as far as they were found good lately. */
  preferred(n: number): readonly HttpEndpoint[] {
    return this.#inOrder()
      .filter((s) => !s.excluded && s.isFresh(this.#recheckMs))
      .slice(0, n)
      .map((s) => s.endpoint);
  }

  /** Lets another endpoint go first for a while, for example because this one's head stands still. */
  demote(label: string, why: string): void {
    for (const slot of this.#slots) {
      if (slot.label === label) slot.failed(new EndpointFaultError(`${label} ${why}`));
    }
  }

  /** Keeps an endpoint that was found lying from being asked, until its blocks are sound again. */
  accuse(label: string, why: string): void {
    for (const slot of this.#slots) if (slot.label === label) slot.judge('BlockForged', why);
  }

  /** Whether an endpoint must not be listened to. */
  isExcluded(label: string): boolean {
    return this.#slots.every((slot) => slot.label !== label || slot.excluded);
  }

  /** Looks at the status of `slot`. @throws EndpointFaultError when it must not be used */
  async check(slot: Slot, signal?: AbortSignal): Promise<void> {
    const answer = await slot.call({ jsonrpc: '2.0', id: 0, method: 'status', params: {} }, signal);
    this.#acceptStatus(slot, answer);
  }

  /** Takes these endpoints in place of the present ones; the same URL with the same trust stays as it is. @throws RangeError on none */
  replace(
    wanted: readonly EndpointConfig[],
    open: (endpoint: EndpointConfig) => HttpEndpoint,
  ): void {
    if (wanted.length === 0) throw new RangeError('endpoints: at least one is needed');
    const before = [...this.#slots];
    this.#slots = wanted.map((config) => {
      const { trusted = false } = config;
      const { httpUrl, authorization } = endpointAddress(config.url);
      const same = before.findIndex(
        ({ endpoint: { address, trusted: was } }) =>
          address.httpUrl === httpUrl && address.authorization === authorization && was === trusted,
      );
      const [kept] = same < 0 ? [] : before.splice(same, 1);
      return kept ?? new Slot(open(config), this.#clock);
    });
    for (const slot of before) void slot.endpoint.close();
  }

  disconnect(): void {
    for (const slot of this.#slots) void slot.endpoint.close();
  }

  async #ask(
    slot: Slot,
    rpc: JsonRpcRequest,
    signal: AbortSignal,
  ): Promise<{ readonly slot: Slot; readonly answer: JsonRpcSuccessResponse }> {
    try {
      const excluded = slot.excluded;
      if (rpc.method !== 'status' && (excluded || !slot.isFresh(this.#recheckMs))) {
        await this.check(slot, signal);
      }
      const answer = await slot.call(rpc, signal);
      if (rpc.method === 'status') this.#acceptStatus(slot, answer);
      if (slot.excluded) throw new EndpointFaultError(slot.message);
      slot.worked();
      return { slot, answer };
    } catch (error) {
      if (isEndpointFault(error) && !signal.aborted) slot.failed(error);
      throw error;
    }
  }

  #alone(slot: Slot): EndpointRpc {
    return {
      label: slot.label,
      trusted: slot.trusted,
      disconnect: () => undefined,
      execute: async (rpc) => {
        try {
          return (await this.#ask(slot, rpc, new AbortController().signal)).answer;
        } catch (error) {
          if (!isEndpointFault(error)) throw error;
          throw new ChainUnavailableError(error.message, { cause: error });
        }
      },
    };
  }

  /** Good ones by score, those to be looked at, those at rest, and last the excluded, which are looked at before use. */
  #inOrder(): readonly Slot[] {
    const rank = (slot: Slot): readonly [number, number] => {
      if (slot.excluded) return [3, slot.restUntil];
      if (slot.resting) return [2, slot.restUntil];
      return slot.isFresh(this.#recheckMs) ? [0, scoreBand(slot.figures)] : [1, 0];
    };
    return this.#slots
      .map((slot) => ({ slot, at: rank(slot) }))
      .toSorted((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1])
      .map(({ slot }) => slot);
  }

  /** A preferred endpoint that has rested is looked at on the side, so that no request waits for it. */
  #reconsider(used: Slot): void {
    for (const slot of this.#slots.slice(0, this.#slots.indexOf(used))) {
      if (slot.resting || slot.isFresh(this.#recheckMs)) continue;
      slot.holdBack();
      void this.check(slot).then(
        () => {
          slot.worked();
        },
        (error: unknown) => {
          slot.failed(error);
        },
      );
    }
  }

  /** @throws EndpointFaultError when the endpoint must not be used */
  #acceptStatus(slot: Slot, answer: JsonRpcSuccessResponse): void {
    const status = readNodeStatus(answer.result);
    if (status === undefined)
      throw new EndpointFaultError(`${slot.label} has an unreadable status`);
    if (this.#chainId !== undefined && status.chainId !== this.#chainId) {
      slot.judge('WrongChain', `is of chain "${status.chainId}", not "${this.#chainId}"`);
    } else if (status.catchingUp) {
      slot.judge('CatchingUp', 'is still catching up');
    } else {
      this.#chainId = status.chainId;
      if (slot.code === 'WrongChain' || slot.code === 'CatchingUp') slot.judge('Healthy', '');
    }
    slot.noteStatus(status);
    if (slot.excluded) throw new EndpointFaultError(slot.message);
  }
}
