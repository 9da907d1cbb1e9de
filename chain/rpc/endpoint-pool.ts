/**
 * Several RPC endpoints behind one `execute`: the first healthy one in the configured order answers, the next one when
 * it does not. An endpoint of another chain, or one that is still catching up, is never asked.
 */
import type { JsonRpcRequest, JsonRpcSuccessResponse } from '@cosmjs/json-rpc';
import type { RpcClient } from '@cosmjs/tendermint-rpc';
import { ChainUnavailableError } from '../ports.js';
import { backoffMs } from '../clock.js';
import { isRpcAnswerError } from '../errors.js';
import type { ChainClock } from '../clock.js';
import { EndpointFaultError, endpointLabel, isEndpointFault } from './http-endpoint.js';
import type { HttpEndpoint } from './http-endpoint.js';
import { readNodeStatus } from './node-status.js';

export interface EndpointPoolOptions {
  /** In order of preference, at least one. */
  readonly endpoints: readonly HttpEndpoint[];
  /** Expected chain; without it the first answering endpoint decides, and the others must agree. */
  readonly chainId?: string | undefined;
  readonly clock: ChainClock;
  /** How long a look at `status` counts, milliseconds. */
  readonly recheckMs: number;
}

interface Slot {
  readonly endpoint: HttpEndpoint;
  failures: number;
  /** Monotonic time before which it is asked only when nothing else is left. */
  restUntil: number;
  /** Monotonic time of the last good `status`. */
  checkedAt: number;
  lastFault: string;
}

/** Questions that a working node always answers: an error is the node's own trouble, for example a dead application. */
const ALWAYS_ANSWERED: readonly string[] = ['status', 'abci_query', 'abci_info'];

const call = async (slot: Slot, rpc: JsonRpcRequest): Promise<JsonRpcSuccessResponse> => {
  try {
    return await slot.endpoint.call(rpc);
  } catch (error) {
    if (!isRpcAnswerError(error) || !ALWAYS_ANSWERED.includes(rpc.method)) throw error;
    throw new EndpointFaultError(`${endpointLabel(slot.endpoint.url)} failed: ${error.message}`, {
      cause: error,
    });
  }
};

const REST_BASE_MS = 500;
const REST_MAX_MS = 30_000;

/** Implements CosmJS's `RpcClient`, so that its clients run over the pool. */
export class EndpointPool implements RpcClient {
  readonly #slots: readonly Slot[];
  readonly #clock: ChainClock;
  readonly #recheckMs: number;
  #chainId: string | undefined;

  constructor(options: EndpointPoolOptions) {
    if (options.endpoints.length === 0) throw new RangeError('endpoints: at least one is needed');
    this.#slots = options.endpoints.map((endpoint) => ({
      endpoint,
      failures: 0,
      restUntil: -Infinity,
      checkedAt: -Infinity,
      lastFault: '',
    }));
    this.#clock = options.clock;
    this.#recheckMs = options.recheckMs;
    this.#chainId = options.chainId;
  }

  /**
   * The answer of the first endpoint that gives one.
   * @throws RpcAnswerError the node's own refusal; ChainUnavailableError when no endpoint answered
   */
  async execute(rpc: JsonRpcRequest): Promise<JsonRpcSuccessResponse> {
    for (const slot of this.#inOrder()) {
      try {
        if (rpc.method !== 'status' && !this.#isFresh(slot)) await this.#check(slot, rpc.id);
        const answer = await call(slot, rpc);
        if (rpc.method === 'status') this.#acceptStatus(slot, answer);
        slot.failures = 0;
        slot.restUntil = -Infinity;
        this.#reconsider(slot);
        return answer;
      } catch (error) {
        if (!isEndpointFault(error)) throw error;
        this.#rest(slot, error.message);
      }
    }
    const faults = this.#slots.map((s) => s.lastFault).join('; ');
    throw new ChainUnavailableError(`no RPC endpoint answered ${rpc.method}: ${faults}`);
  }

  /** Where a new websocket should go: the endpoint that is asked first, if it was found good lately. */
  preferredUrl(): string | undefined {
    const first = this.#inOrder()[0];
    return first !== undefined && this.#isFresh(first) ? first.endpoint.url : undefined;
  }

  /** Lets another endpoint go first for a while, for example because this one's head stands still. */
  demote(url: string, why: string): void {
    const slot = this.#slots.find((s) => s.endpoint.url === url);
    if (slot !== undefined) this.#rest(slot, `${endpointLabel(url)} ${why}`);
  }

  disconnect(): void {
    for (const slot of this.#slots) void slot.endpoint.close();
  }

  /** Those found good lately, those to be looked at, those at rest; each in the configured order. */
  #inOrder(): readonly Slot[] {
    const now = this.#clock.now();
    const ready = this.#slots.filter((s) => s.restUntil <= now);
    const resting = this.#slots.filter((s) => s.restUntil > now);
    return [
      ...ready.filter((s) => this.#isFresh(s)),
      ...ready.filter((s) => !this.#isFresh(s)),
      ...resting.toSorted((a, b) => a.restUntil - b.restUntil),
    ];
  }

  #isFresh(slot: Slot): boolean {
    return this.#clock.now() - slot.checkedAt <= this.#recheckMs;
  }

  /** A preferred endpoint that has rested is looked at on the side, so that no request waits for it. */
  #reconsider(used: Slot): void {
    const now = this.#clock.now();
    for (const slot of this.#slots.slice(0, this.#slots.indexOf(used))) {
      if (slot.restUntil > now || this.#isFresh(slot)) continue;
      slot.restUntil = now + REST_MAX_MS;
      void this.#check(slot, 0).then(
        () => {
          slot.failures = 0;
          slot.restUntil = -Infinity;
        },
        (error: unknown) => {
          this.#rest(slot, error instanceof Error ? error.message : String(error));
        },
      );
    }
  }

  #rest(slot: Slot, why: string): void {
    const restMs = backoffMs(slot.failures, REST_BASE_MS, REST_MAX_MS, () => this.#clock.random());
    slot.failures += 1;
    slot.restUntil = this.#clock.now() + restMs;
    slot.checkedAt = -Infinity;
    slot.lastFault = why;
  }

  async #check(slot: Slot, id: JsonRpcRequest['id']): Promise<void> {
    const answer = await call(slot, { jsonrpc: '2.0', id, method: 'status', params: {} });
    this.#acceptStatus(slot, answer);
  }

  /** @throws EndpointFaultError when the endpoint must not be used */
  #acceptStatus(slot: Slot, answer: JsonRpcSuccessResponse): void {
    const label = endpointLabel(slot.endpoint.url);
    const status = readNodeStatus(answer.result);
    if (status === undefined) throw new EndpointFaultError(`${label} has an unreadable status`);
    if (this.#chainId !== undefined && status.chainId !== this.#chainId) {
      throw new EndpointFaultError(
        `${label} is of chain "${status.chainId}", not "${this.#chainId}"`,
      );
    }
    if (status.catchingUp) throw new EndpointFaultError(`${label} is still catching up`);
    this.#chainId = status.chainId;
    slot.checkedAt = this.#clock.now();
  }
}
