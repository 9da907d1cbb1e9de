/**
 * The `BlockFeed` port. A subscription makes it fast, a poll of the height keeps it honest (a half-open socket is found
 * by it), and blocks are delivered strictly by height, so that duplicates, gaps and reordering of either do not show.
 */
import type { Comet38Client, RpcClient } from '@cosmjs/tendermint-rpc';
import type { Block } from '../../market/events.js';
import { backoffMs, isAborted } from '../clock.js';
import type { ChainClock } from '../clock.js';
import { isRpcAnswerError } from '../errors.js';
import type { ChainDecodeError } from '../errors.js';
import { decodeBlockEvents } from '../events/block-events.js';
import { isChainUnavailable } from '../ports.js';
import type { BlockFeed } from '../ports.js';
import { readCommittedHeight, readHead, usable } from '../rpc/comet.js';
import type { EndpointAddress } from '../rpc/endpoint-config.js';
import type { HeadTracker } from '../rpc/head-tracker.js';
import { BlockTimer } from './block-timer.js';
import { FETCH_BATCH, fetchBlocks } from './block-source.js';
import type { RawBlock } from './new-block-frame.js';
import { Subscriber } from './subscriber.js';

/** What a feed can tell beside blocks; for logs and metrics. */
export type FeedNotice =
  | { readonly kind: 'disconnected'; readonly endpoint: string; readonly why: string }
  | { readonly kind: 'stalled'; readonly forMs: number }
  | { readonly kind: 'unreadable-event'; readonly height: bigint; readonly fault: ChainDecodeError }
  /** The block at this height does not follow the one before it: one of their senders was on another fork. */
  | { readonly kind: 'fork'; readonly height: bigint }
  /** These heights are lost: no node has them any more. The periodic recount covers for them. */
  | { readonly kind: 'gap'; readonly from: bigint; readonly to: bigint };

export interface BlockFeedDeps {
  readonly rpc: RpcClient;
  readonly comet: Comet38Client;
  readonly heads: HeadTracker;
  readonly clock: ChainClock;
  /** Where to subscribe: the endpoints asked first, as far as they are known to be good. */
  readonly endpoints: (n: number) => readonly EndpointAddress[];
  readonly isExcluded: (label: string) => boolean;
  /** Told when an endpoint sends a block whose parts do not belong together. */
  readonly accuse: (label: string, why: string) => void;
  /** Watches the endpoints until the signal aborts. */
  readonly watch: (signal: AbortSignal) => Promise<void>;
  /** Ends every `run`, as its own signal does. */
  readonly closed: AbortSignal;
  /** Told when an endpoint's chain stands still. */
  readonly demote: (label: string, why: string) => void;
}

export interface BlockFeedOptions {
  /** Time between two looks at the height, milliseconds; default 1500. */
  readonly pollMs?: number;
  /** Assumed until blocks have shown it, milliseconds; default 6000. */
  readonly blockMs?: number;
  readonly onNotice?: (notice: FeedNotice) => void;
}

/** A missing block counts as silence after this many block times. */
const SILENCE_BLOCKS = 2.5;
/** Blocks kept from the subscription while earlier ones are fetched. */
const MAX_AHEAD = 256;
/** Refusals of the same height before it is looked up whether it still exists. */
const REFUSALS_BEFORE_GAP = 3;

class ChainBlockFeed implements BlockFeed {
  readonly #deps: BlockFeedDeps;
  readonly #pollMs: number;
  readonly #notice: (notice: FeedNotice) => void;
  readonly #timer: BlockTimer;
  readonly #ahead = new Map<bigint, RawBlock>();
  #known = 0n;
  /** When the newest block was first told of. */
  #arrival: { readonly height: bigint; readonly at: number } | undefined;
  #next: bigint | undefined;
  #newestAt = -Infinity;
  #lastHash = '';
  #wake = new AbortController();
  readonly #subscriber: Subscriber;

  constructor(deps: BlockFeedDeps, options: BlockFeedOptions) {
    this.#deps = deps;
    this.#pollMs = options.pollMs ?? 1_500;
    this.#timer = new BlockTimer(options.blockMs ?? 6_000);
    this.#notice = options.onNotice ?? (() => undefined);
    const { clock, endpoints, isExcluded, accuse } = deps;
    this.#subscriber = new Subscriber({
      ...{ clock, endpoints, isExcluded, accuse, pollMs: this.#pollMs },
      silenceMs: () => this.#silenceMs(),
      known: () => this.#known,
      moved: (ms, signal) => deps.heads.moved(ms, signal),
      onFrame: (frame, arrivedAt) => {
        const { height, timeMs } = frame.kind === 'block' ? frame.block : frame;
        if (height > this.#known) this.#arrival = { height, at: arrivedAt };
        if (frame.kind === 'block') this.#hold(frame.block);
        this.#seen(height, timeMs);
      },
      onEnd: (endpoint, why) => {
        this.#notice({ kind: 'disconnected', endpoint, why });
      },
    });
  }

  stalenessMs(): number {
    return this.#deps.clock.now() - this.#newestAt;
  }

  async run(own: AbortSignal, onBlock: (block: Block) => Promise<void> | void): Promise<void> {
    const signal = AbortSignal.any([own, this.#deps.closed]);
    const stop = new AbortController();
    const halt = (): void => {
      stop.abort();
      this.#wake.abort();
    };
    signal.addEventListener('abort', halt, { once: true });
    if (signal.aborted) halt();
    // The first of them to fail (a fault of ours or of onBlock) ends the others.
    const guard = async (part: Promise<void>): Promise<void> => {
      try {
        await part;
      } finally {
        halt();
      }
    };
    const parts = await Promise.allSettled([
      guard(this.#deliver(stop.signal, onBlock)),
      guard(this.#poll(stop.signal)),
      guard(this.#subscriber.run(stop.signal)),
      guard(this.#deps.watch(stop.signal)),
    ]);
    signal.removeEventListener('abort', halt);
    const failed = parts.find((p) => p.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Hands out blocks in order, as far as the head is known. */
  async #deliver(
    signal: AbortSignal,
    onBlock: (block: Block) => Promise<void> | void,
  ): Promise<void> {
    let failures = 0;
    while (!isAborted(signal)) {
      if (this.#next === undefined || this.#next > this.#known) {
        await this.#deps.clock.sleep(60_000, this.#wake.signal);
        if (this.#wake.signal.aborted) this.#wake = new AbortController();
        continue;
      }
      let blocks: readonly RawBlock[];
      try {
        blocks = await this.#take(this.#next);
        failures = 0;
      } catch (error) {
        if (!isChainUnavailable(error) && !isRpcAnswerError(error)) throw error;
        failures += 1;
        if (isRpcAnswerError(error) && failures % REFUSALS_BEFORE_GAP === 0) await this.#skipLost();
        await this.#deps.clock.sleep(
          backoffMs(failures, 100, 5_000, () => this.#deps.clock.random()),
          signal,
        );
        continue;
      }
      for (const raw of blocks) {
        if (isAborted(signal)) return;
        if (raw.height !== this.#next) continue;
        this.#next = raw.height + 1n;
        if (!this.#follows(raw)) this.#notice({ kind: 'fork', height: raw.height });
        this.#lastHash = raw.hash;
        if (raw.height >= this.#known) this.#newestAt = this.#deps.clock.now();
        await onBlock(this.#decode(raw));
      }
    }
  }

  /** The block at `height`, and those after it when they are at hand in the same request. */
  async #take(height: bigint): Promise<readonly RawBlock[]> {
    const held = this.#ahead.get(height);
    this.#ahead.delete(height);
    // One that does not follow what went before may be somebody's fork: several endpoints are asked then.
    if (held !== undefined && this.#follows(held)) return [held];
    let to = height;
    while (to < this.#known && to - height + 1n < FETCH_BATCH && !this.#ahead.has(to + 1n))
      to += 1n;
    return fetchBlocks(this.#deps.rpc, this.#deps.comet, height, to);
  }

  #follows(raw: RawBlock): boolean {
    return this.#lastHash === '' || raw.lastHash === this.#lastHash;
  }

  #decode(raw: RawBlock): Block {
    const { events, faults } = decodeBlockEvents(raw.results, raw.height);
    for (const fault of faults)
      this.#notice({ kind: 'unreadable-event', height: raw.height, fault });
    const { height, timeMs, hash } = raw;
    const arrival = this.#arrival?.height === height ? { arrivedAt: this.#arrival.at } : {};
    return { height, timeMs, hash, events, ...arrival };
  }

  /** Moves on to the first block that a node still has, when the wanted one is gone. */
  async #skipLost(): Promise<void> {
    try {
      const { syncInfo } = await usable('status', () => this.#deps.comet.status());
      const earliest = BigInt(syncInfo.earliestBlockHeight ?? 0);
      if (this.#next === undefined || earliest <= this.#next) return;
      this.#notice({ kind: 'gap', from: this.#next, to: earliest - 1n });
      this.#next = earliest;
      this.#lastHash = '';
    } catch (error) {
      if (!isChainUnavailable(error) && !isRpcAnswerError(error)) throw error;
    }
  }

  /** Looks at the height again and again; finds endpoints that stand still. */
  async #poll(signal: AbortSignal): Promise<void> {
    let stalledAt = 0n;
    while (!isAborted(signal)) {
      const label = this.#deps.endpoints(1)[0]?.label;
      try {
        const [head, committed] = await Promise.all([
          readHead(this.#deps.rpc),
          readCommittedHeight(this.#deps.comet),
        ]);
        // A block is told only when queries see its state, as a frame of the subscription is.
        if (head.height <= committed) this.#seen(head.height, head.timeMs);
        else this.#mayReach(committed);
        const still = this.#deps.heads.sinceAdvanceMs();
        if (still > this.#silenceMs() && stalledAt !== this.#known) {
          stalledAt = this.#known;
          this.#notice({ kind: 'stalled', forMs: still });
          if (label !== undefined)
            this.#deps.demote(label, `has had no new block for ${Math.round(still)} ms`);
        }
      } catch (error) {
        if (!isChainUnavailable(error) && !isRpcAnswerError(error)) throw error;
      }
      await this.#deps.clock.sleep(this.#pollMs, signal);
    }
  }

  #hold(block: RawBlock): void {
    if (this.#next !== undefined && block.height < this.#next) return;
    if (this.#ahead.size >= MAX_AHEAD) this.#ahead.clear();
    this.#ahead.set(block.height, block);
  }

  #seen(height: bigint, timeMs: number): void {
    this.#deps.heads.note({ height, timeMs });
    this.#timer.note(height, timeMs);
    this.#mayReach(height);
  }

  /** Blocks up to `height` may be handed out. */
  #mayReach(height: bigint): void {
    // The first block is 1.
    if (height === 0n) return;
    this.#next ??= height;
    if (height <= this.#known) return;
    this.#known = height;
    this.#wake.abort();
  }

  #silenceMs(): number {
    return Math.max(SILENCE_BLOCKS * this.#timer.blockMs(), 2 * this.#pollMs);
  }
}

/** A feed that starts with the first block it sees; what was before is for the listings. */
export const createBlockFeed = (deps: BlockFeedDeps, options: BlockFeedOptions = {}): BlockFeed =>
  new ChainBlockFeed(deps, options);
