/**
 * Looks at every endpoint on a rhythm, whether it is in use or not: its status, how far it is behind the best, and whether
 * its blocks are those that the others have. What it finds decides which endpoints are asked at all.
 */
import { isAborted } from '../clock.js';
import type { ChainClock } from '../clock.js';
import { isRpcAnswerError } from '../errors.js';
import { readSoundBlock } from './block-hash.js';
import type { SoundBlock } from './block-hash.js';
import { compareHeaders, lagsOf } from './compare-endpoints.js';
import type { LagLimits } from './compare-endpoints.js';
import type { EndpointPool } from './endpoint-pool.js';
import { EndpointFaultError, isEndpointFault } from './http-endpoint.js';
import type { Slot } from './slot.js';

export interface ProbeOptions {
  /** Time between two looks at every status, milliseconds; default 1500. */
  readonly everyMs?: number | undefined;
  /** Looks at status between two comparisons of blocks; default 3. */
  readonly compareEvery?: number | undefined;
  readonly lag?: Partial<LagLimits> | undefined;
}

/** An answer that takes longer is none, milliseconds. */
const LOOK_TIMEOUT_MS = 1_500;
/** A block may be large. */
const BLOCK_TIMEOUT_MS = 8_000;
/** How long an endpoint that gave a forged block is not asked while there are others, milliseconds. */
const PENANCE_MS = 60_000;
/** Two blocks behind is a matter of milliseconds; three blocks and three seconds is not. */
const LAG: LagLimits = { maxBlocks: 2, graceMs: 3_000, maxMs: 20_000 };

export class Prober {
  readonly #pool: EndpointPool;
  readonly #clock: ChainClock;
  readonly #everyMs: number;
  readonly #compareEvery: number;
  readonly #lag: LagLimits;
  #rounds = 0;

  constructor(pool: EndpointPool, clock: ChainClock, options: ProbeOptions = {}) {
    this.#pool = pool;
    this.#clock = clock;
    this.#everyMs = options.everyMs ?? 1_500;
    this.#compareEvery = options.compareEvery ?? 3;
    this.#lag = { ...LAG, ...options.lag };
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!isAborted(signal)) {
      await this.round(signal);
      await this.#clock.sleep(this.#everyMs, signal);
    }
  }

  /** One look at every endpoint; every so many, their blocks are compared too. Never rejects for an endpoint's fault. */
  async round(signal?: AbortSignal): Promise<void> {
    const looked = await Promise.all(this.#pool.slots.map((slot) => this.#look(slot, signal)));
    const answering = looked.filter((slot) => slot !== undefined);
    this.#judgeLag(answering);
    if (this.#rounds % this.#compareEvery === 0) {
      await this.#compare(
        answering.filter((slot) => slot.code !== 'Lagging'),
        signal,
      );
    }
    this.#rounds += 1;
  }

  async #look(slot: Slot, signal: AbortSignal | undefined): Promise<Slot | undefined> {
    try {
      await this.#within(LOOK_TIMEOUT_MS, signal, (s) => this.#pool.check(slot, s));
      slot.worked();
      return slot;
    } catch (error) {
      if (!isEndpointFault(error)) throw error;
      if (signal?.aborted !== true && !slot.excluded) slot.failed(error);
      // One that only lies or lags answers, and may mend.
      return slot.code === 'Lagging' || slot.code === 'HeaderDiffers' || slot.code === 'BlockForged'
        ? slot
        : undefined;
    }
  }

  #judgeLag(slots: readonly Slot[]): void {
    const claims = slots.flatMap(({ label, status }) =>
      status === undefined ? [] : [{ label, height: status.height, timeMs: status.timeMs }],
    );
    const lags = lagsOf(claims, this.#lag);
    slots.forEach((slot, i) => {
      const lag = lags[i];
      if (lag === undefined) return;
      slot.lagBlocks = lag.blocks;
      if (lag.lagging && !slot.excluded) {
        const seconds = Math.round(lag.ms / 1000);
        slot.judge('Lagging', `is ${lag.blocks} blocks (${seconds} s) behind the best`);
      } else if (!lag.lagging && slot.code === 'Lagging') slot.judge('Healthy', '');
    });
  }

  async #compare(slots: readonly Slot[], signal: AbortSignal | undefined): Promise<void> {
    const heights = slots.flatMap(({ status }) => (status === undefined ? [] : [status.height]));
    const height = heights.reduce((low, h) => (h < low ? h : low), heights[0] ?? 0n);
    if (height === 0n) return;
    const blocks = await Promise.all(slots.map((slot) => this.#block(slot, height, signal)));
    const claims = slots.flatMap((slot, i) => {
      const block = blocks[i];
      return block === undefined ? [] : [{ slot, hash: block.hash }];
    });
    const verdicts = compareHeaders(
      claims.map(({ slot: { label, trusted }, hash }) => ({ label, trusted, hash })),
    );
    claims.forEach(({ slot, hash }, i) => {
      const verdict = verdicts?.[i];
      const about = `has block ${height} with hash ${hash.slice(0, 12)}…`;
      if (verdict === 'differs') {
        slot.judge('HeaderDiffers', `${about}, which is not what its peers have`);
      } else if (verdict === 'disputed') {
        slot.judge(
          'Disputed',
          `${about}, another endpoint has another: nobody knows which is right`,
        );
      } else if (verdict === 'agrees' && slot.code !== 'Healthy') {
        // A lie need not show in every block: while there are others, one that is sound absolves nobody.
        const forgiven = slot.code !== 'BlockForged' || slot.judgedForMs() > PENANCE_MS;
        if (forgiven) slot.judge('Healthy', '');
      }
      // Alone, a block that was forged before and is sound now is as good as any.
      else if (verdict === undefined && slot.code === 'BlockForged') slot.judge('Healthy', '');
    });
  }

  async #block(
    slot: Slot,
    height: bigint,
    signal: AbortSignal | undefined,
  ): Promise<SoundBlock | undefined> {
    try {
      const answer = await this.#within(BLOCK_TIMEOUT_MS, signal, (s) =>
        slot.call(
          { jsonrpc: '2.0', id: 0, method: 'block', params: { height: height.toString() } },
          s,
        ),
      );
      const { block_id: id, block } = answer.result as { block_id?: unknown; block?: unknown };
      const read = readSoundBlock(id, block);
      return typeof read === 'string' ? undefined : read;
    } catch (error) {
      if (!isEndpointFault(error) && !isRpcAnswerError(error)) throw error;
      if (isEndpointFault(error) && signal?.aborted !== true) slot.failed(error);
    }
    return undefined;
  }

  async #within<T>(
    ms: number,
    signal: AbortSignal | undefined,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const over = new AbortController();
    const done = new AbortController();
    const ends = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal]);
    void this.#clock.sleep(ms, ends).then(() => {
      over.abort(new EndpointFaultError('too slow'));
    });
    try {
      return await call(over.signal);
    } finally {
      done.abort();
    }
  }
}
