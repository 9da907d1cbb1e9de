/**
 * Finds transactions in blocks. All transactions that wait share one walk over the new blocks, two requests a block
 * however many wait, and it works on nodes that index no transactions.
 */
import { sha256 } from '@cosmjs/crypto';
import { fromHex, toHex } from '@cosmjs/encoding';
import type { comet38, Comet38Client } from '@cosmjs/tendermint-rpc';
import { isRpcAnswerError } from '../errors.js';
import { isChainUnavailable } from '../ports.js';
import type { TxOutcome } from '../ports.js';
import { readCommittedHeight, usable } from '../rpc/comet.js';
import type { HeadTracker, SeenHead } from '../rpc/head-tracker.js';

export type Included = Extract<TxOutcome, { readonly status: 'included' }>;

/** A transaction being looked for. */
export interface Watch {
  readonly hash: string;
  /** Set once it is found. */
  included: Included | undefined;
  /** Every block up to here was looked at, those apart that the node no longer has. */
  scanned: SeenHead;
  /** A block could not be looked at, so its absence from the others proves nothing. */
  blind: boolean;
}

export interface InclusionOptions {
  readonly comet: Comet38Client;
  readonly heads: HeadTracker;
  /** Longest time between two looks, milliseconds. */
  readonly pollMs: number;
}

interface ScannedBlock {
  readonly txs: ReadonlyMap<string, comet38.TxData>;
  readonly timeMs: number;
}

const toIncluded = (hash: string, height: bigint, data: comet38.TxData): Included => ({
  status: 'included',
  hash,
  height,
  code: data.code,
  codespace: data.codespace ?? '',
  log: data.log ?? '',
  gasUsed: data.gasUsed,
  gasWanted: data.gasWanted,
});

export class InclusionWatcher {
  readonly #options: InclusionOptions;
  readonly #watches = new Set<Watch>();
  #pass: Promise<void> | undefined;

  constructor(options: InclusionOptions) {
    this.#options = options;
  }

  /** Looks for `hash` in every block after `since`, until {@link stop}. */
  watch(hash: string, since: SeenHead): Watch {
    const watch: Watch = { hash, included: undefined, scanned: since, blind: false };
    this.#watches.add(watch);
    return watch;
  }

  stop(watch: Watch): void {
    this.#watches.delete(watch);
  }

  /** The next look at the chain; without an answer it changes nothing. Rejects only on a fault of ours. */
  async look(signal?: AbortSignal): Promise<void> {
    await this.#options.heads.moved(this.#options.pollMs, signal);
    if (signal?.aborted === true) return;
    this.#pass ??= this.#walk().finally(() => {
      this.#pass = undefined;
    });
    await this.#pass;
  }

  /** What the node's transaction index says; `unknown` when it has none or does not answer. */
  async lookUp(hash: string): Promise<Included | 'absent' | 'unknown'> {
    try {
      const answer = await usable('tx', () => this.#options.comet.tx({ hash: fromHex(hash) }));
      return toIncluded(hash, BigInt(answer.height), answer.result);
    } catch (error) {
      // CometBFT gives no code of its own: `tx (HASH) not found` against `transaction indexing is disabled`.
      if (isRpcAnswerError(error)) return / not found/.test(error.data) ? 'absent' : 'unknown';
      if (isChainUnavailable(error)) return 'unknown';
      throw error;
    }
  }

  async #walk(): Promise<void> {
    try {
      // Not a block further: whoever learns of an inclusion may read the state it left.
      const committed = await readCommittedHeight(this.#options.comet);
      const watches = [...this.#watches].filter((w) => w.scanned.height < committed);
      if (watches.length === 0) return;
      const from = watches.reduce(
        (low, w) => (w.scanned.height < low ? w.scanned.height : low),
        committed,
      );
      for (let h = from + 1n; h <= committed; h += 1n) {
        if (!(await this.#scan(h, watches))) return;
      }
    } catch (error) {
      if (!isChainUnavailable(error)) throw error;
    }
  }

  /** Whether the block could be looked at, or is lost for good. */
  async #scan(height: bigint, watches: readonly Watch[]): Promise<boolean> {
    const block = await this.#block(height);
    if (block === undefined && !(await this.#isLost(height))) return false;
    if (block !== undefined) this.#options.heads.note({ height, timeMs: block.timeMs });
    for (const watch of watches) {
      if (watch.scanned.height >= height) continue;
      if (block === undefined) {
        watch.blind = true;
        watch.scanned = { height, timeMs: watch.scanned.timeMs };
        continue;
      }
      const data = block.txs.get(watch.hash);
      if (data !== undefined) watch.included ??= toIncluded(watch.hash, height, data);
      watch.scanned = { height, timeMs: block.timeMs };
    }
    return true;
  }

  /** Whether the node has thrown this block away. @throws ChainUnavailableError */
  async #isLost(height: bigint): Promise<boolean> {
    const { syncInfo } = await usable('status', () => this.#options.comet.status());
    return BigInt(syncInfo.earliestBlockHeight ?? 0) > height;
  }

  /** `undefined` when the node answers that it does not have this block. @throws ChainUnavailableError */
  async #block(height: bigint): Promise<ScannedBlock | undefined> {
    const { comet } = this.#options;
    try {
      const [{ block }, { results }] = await Promise.all([
        usable('block', () => comet.block(Number(height))),
        usable('block_results', () => comet.blockResults(Number(height))),
      ]);
      const txs = new Map<string, comet38.TxData>();
      block.txs.forEach((tx, i) => {
        const data = results[i];
        if (data !== undefined) txs.set(toHex(sha256(tx)).toUpperCase(), data);
      });
      return { txs, timeMs: block.header.time.getTime() };
    } catch (error) {
      if (isRpcAnswerError(error)) return undefined;
      throw error;
    }
  }
}
