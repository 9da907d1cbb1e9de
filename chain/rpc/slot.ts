/** One endpoint of the pool with everything measured about it. */
import type { JsonRpcRequest, JsonRpcSuccessResponse } from '@cosmjs/json-rpc';
import { backoffMs } from '../clock.js';
import type { ChainClock } from '../clock.js';
import { isRpcAnswerError } from '../errors.js';
import { readSoundBlock } from './block-hash.js';
import { averaged, EXCLUDED } from './endpoint-state.js';
import type { EndpointCode, EndpointFigures, EndpointState } from './endpoint-state.js';
import { EndpointFaultError } from './http-endpoint.js';
import type { HttpEndpoint } from './http-endpoint.js';
import type { NodeStatus } from './node-status.js';

/** Questions that a working node always answers: an error is the node's own trouble, for example a dead application. */
const ALWAYS_ANSWERED: readonly string[] = ['status', 'abci_query', 'abci_info'];

/** Answers to these take about as long from any node, so their times can be compared. */
const MEASURED: readonly string[] = ['status', 'abci_info'];
const LYING: ReadonlySet<EndpointCode> = new Set(['HeaderDiffers', 'BlockForged']);

const REST_BASE_MS = 500;
const REST_MAX_MS = 30_000;
/** An endpoint may be silent this many times its usual answer before another one is asked beside it. */
const PATIENCE_FACTOR = 4;
const PATIENCE_MIN_MS = 250;
const PATIENCE_MAX_MS = 900;

export class Slot {
  readonly endpoint: HttpEndpoint;
  readonly #clock: ChainClock;
  #code: EndpointCode = 'NotChecked';
  #message = 'has not been looked at yet';
  #judgedAt = -Infinity;
  #failures = 0;
  #restUntil = -Infinity;
  #checkedAt = -Infinity;
  #latencyMs: number | undefined;
  #errorRate = 0;
  #status: NodeStatus | undefined;
  lagBlocks = 0;

  constructor(endpoint: HttpEndpoint, clock: ChainClock) {
    this.endpoint = endpoint;
    this.#clock = clock;
  }

  get label(): string {
    return this.endpoint.address.label;
  }

  get trusted(): boolean {
    return this.endpoint.trusted;
  }

  get code(): EndpointCode {
    return this.#code;
  }

  /** Label and why, one sentence for people. */
  get message(): string {
    return `${this.label} ${this.#message}`;
  }

  get status(): NodeStatus | undefined {
    return this.#status;
  }

  get figures(): EndpointFigures {
    const { lagBlocks } = this;
    return { latencyMs: this.#latencyMs, errorRate: this.#errorRate, lagBlocks };
  }

  /** When it is to be asked again after failures, monotonic milliseconds. */
  get restUntil(): number {
    return this.#restUntil;
  }

  get excluded(): boolean {
    return EXCLUDED.has(this.#code);
  }

  /** Whether others are asked first for now. */
  get resting(): boolean {
    return this.#restUntil > this.#clock.now();
  }

  isFresh(maxAgeMs: number): boolean {
    return this.#clock.now() - this.#checkedAt <= maxAgeMs;
  }

  patienceMs(): number {
    const usual = PATIENCE_FACTOR * (this.#latencyMs ?? PATIENCE_MIN_MS);
    return Math.min(PATIENCE_MAX_MS, Math.max(PATIENCE_MIN_MS, usual));
  }

  /** @throws EndpointFaultError no usable answer; RpcAnswerError the node's refusal */
  async call(rpc: JsonRpcRequest, signal?: AbortSignal): Promise<JsonRpcSuccessResponse> {
    const since = this.#clock.now();
    try {
      const answer = await this.endpoint.call(rpc, signal);
      this.#answered(rpc.method, since);
      if (rpc.method === 'block') this.#checkBlock(answer.result);
      return answer;
    } catch (error) {
      if (!isRpcAnswerError(error)) throw error;
      this.#answered(rpc.method, since);
      if (!ALWAYS_ANSWERED.includes(rpc.method)) throw error;
      throw new EndpointFaultError(`${this.label} failed: ${error.message}`, { cause: error });
    }
  }

  /** @throws EndpointFaultError for a block whose parts do not belong together, which nobody gives by accident */
  #checkBlock(result: unknown): void {
    const { block_id: id, block } = result as { block_id?: unknown; block?: unknown };
    const read = readSoundBlock(id, block);
    if (typeof read !== 'string') return;
    this.judge('BlockForged', read);
    throw new EndpointFaultError(this.message);
  }

  #answered(method: string, since: number): void {
    if (MEASURED.includes(method))
      this.#latencyMs = averaged(this.#latencyMs, this.#clock.now() - since);
    this.#errorRate = averaged(this.#errorRate, 0);
  }

  /** Another endpoint answered while this one was still silent. */
  overtaken(afterMs: number): void {
    this.#latencyMs = Math.max(afterMs, averaged(this.#latencyMs, afterMs));
    this.#errorRate = averaged(this.#errorRate, 1);
  }

  /** It gave no usable answer: others are asked first for a while. */
  failed(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#errorRate = averaged(this.#errorRate, 1);
    this.rest();
    // A liar that is silent stays a liar, and what has just been judged stands.
    if (why === this.message || LYING.has(this.#code)) return;
    this.judge('NotAnswering', why.replace(`${this.label} `, ''));
  }

  /** Lets others go first for a while, longer each time. */
  rest(): void {
    const restMs = backoffMs(this.#failures, REST_BASE_MS, REST_MAX_MS, () => this.#clock.random());
    this.#failures += 1;
    this.#restUntil = this.#clock.now() + restMs;
    this.#checkedAt = -Infinity;
  }

  /** Keeps it from being looked at twice at the same time. */
  holdBack(): void {
    this.#restUntil = this.#clock.now() + REST_MAX_MS;
  }

  /** It answered as it should. */
  worked(): void {
    this.#failures = 0;
    this.#restUntil = -Infinity;
    if (this.#code === 'NotAnswering' || this.#code === 'NotChecked') this.judge('Healthy', '');
  }

  noteStatus(status: NodeStatus): void {
    this.#status = status;
    this.#checkedAt = this.#clock.now();
  }

  /** @param message without the label; empty for what goes without saying */
  judge(code: EndpointCode, message: string): void {
    this.#code = code;
    this.#judgedAt = this.#clock.now();
    this.#message = message === '' ? 'answers' : message;
  }

  /** Since the last judgement. */
  judgedForMs(): number {
    return this.#clock.now() - this.#judgedAt;
  }

  state(serving: boolean): EndpointState {
    const { label, trusted, code, message, lagBlocks } = this;
    return {
      ...{ label, trusted, code, message, serving, lagBlocks },
      height: this.#status?.height ?? 0n,
      latencyMs: this.#latencyMs,
      errorRate: this.#errorRate,
    };
  }
}
