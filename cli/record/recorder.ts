/**
 * Writes the order book block by block, without gaps: a batch of blocks is read whole, then written with a line that says how
 * far it goes, and only then the next begins. What fails is tried again; killed anywhere, it goes on after the last such line.
 */
import { backoffMs } from '../../chain/clock.js';
import type { ChainClock } from '../../chain/clock.js';
import { isRpcAnswerError } from '../../chain/errors.js';
import { isChainUnavailable } from '../../chain/ports.js';
import type { BookLine } from '../../history/order-book-lines.js';
import { formatOrderId } from '../../market/ids.js';
import { blockLines, offeredGpus, orderLine } from './block-lines.js';
import type { BookChain, BookSink } from './ports.js';

/** Refusals of the same height before it is looked up whether it still exists. */
const REFUSALS_BEFORE_GAP = 3;

export interface RecordOptions {
  /** First height still to be written. */
  readonly next: bigint;
  /** Last height to write; left out: go on until the signal. */
  readonly until?: bigint | undefined;
  /** Stop at the newest block there is. */
  readonly once: boolean;
  /** Pause between two looks at the height, milliseconds. */
  readonly pollMs: number;
  /** Told after each batch, and of what went wrong. */
  readonly onProgress: (through: bigint, lines: readonly BookLine[]) => void;
  readonly onTrouble: (message: string) => void;
}

export interface RecorderDeps {
  readonly chain: BookChain;
  readonly sink: BookSink;
  readonly clock: Pick<ChainClock, 'sleep' | 'random'>;
}

/**
 * Orders that are open already, with their bids; what comes after `height` is left to the blocks.
 * @throws ChainUnavailableError
 */
export const standingLines = async (
  { reader }: BookChain,
  height: bigint,
): Promise<readonly BookLine[]> => {
  const lines: BookLine[] = [];
  for (const order of await reader.openOrders()) {
    if (order.createdAt > height) continue;
    lines.push(orderLine({ height: order.createdAt, timeMs: 0 }, order, order.id, true));
    for (const bid of await reader.bidsOnOrder(order.id)) {
      if (bid.createdAt > height || bid.state !== 'open') continue;
      const { id, price, createdAt } = bid;
      const at = { height: createdAt, timeMs: 0 };
      lines.push({ type: 'bid', at, id, price, gpus: offeredGpus(bid), standing: true });
    }
  }
  return lines.sort(byOrder);
};

/** Orders before their bids, one order after the other. */
const byOrder = (a: BookLine, b: BookLine): number => {
  const key = (line: BookLine): string =>
    line.type === 'order' || line.type === 'bid' ? formatOrderId(line.id) : '';
  const [x, y] = [key(a), key(b)];
  if (x !== y) return x < y ? -1 : 1;
  return a.type === b.type ? 0 : a.type === 'order' ? -1 : 1;
};

/** Records until it is done or the signal aborts. Returns the last height written. @throws the sink's errors */
export const record = async (
  { chain, sink, clock }: RecorderDeps,
  options: RecordOptions,
  signal: AbortSignal,
): Promise<bigint> => {
  const { once, pollMs, onProgress, onTrouble } = options;
  let { next } = options;
  let until = options.until;
  let failures = 0;

  const step = async (): Promise<'more' | 'wait' | 'done'> => {
    const committed = await chain.past.committed();
    if (once) until ??= committed;
    if (until !== undefined && next > until) return 'done';
    if (next > committed) return 'wait';
    const to = until !== undefined && until < committed ? until : committed;
    const blocks = await chain.past.blocks(next, to);
    const lines: BookLine[] = [];
    for (const block of blocks) lines.push(...(await blockLines(block, chain.reader)));
    const last = blocks.at(-1);
    if (last === undefined) return 'wait';
    const at = { height: last.height, timeMs: last.timeMs };
    await sink.append([...lines, { type: 'through', at }]);
    next = last.height + 1n;
    onProgress(last.height, lines);
    return 'more';
  };

  /** Passes over heights that no node has any more, and says so in the file. */
  const skipLost = async (): Promise<void> => {
    const earliest = await chain.past.earliest();
    if (earliest <= next) return;
    await sink.append([{ type: 'gap', from: next, to: earliest - 1n }]);
    onTrouble(`blocks ${next} to ${earliest - 1n} are gone from the node: a gap is recorded`);
    next = earliest;
  };

  while (!signal.aborted) {
    try {
      const outcome = await step();
      failures = 0;
      if (outcome === 'done') break;
      if (outcome === 'wait') await clock.sleep(pollMs, signal);
    } catch (error) {
      if (!isChainUnavailable(error) && !isRpcAnswerError(error)) throw error;
      failures += 1;
      onTrouble(`block ${next}: ${error.message}`);
      if (isRpcAnswerError(error) && failures % REFUSALS_BEFORE_GAP === 0) {
        await skipLost().catch((fault: unknown) => {
          if (!isChainUnavailable(fault) && !isRpcAnswerError(fault)) throw fault;
        });
      }
      await clock.sleep(
        backoffMs(failures, 200, 15_000, () => clock.random()),
        signal,
      );
    }
  }
  return next - 1n;
};
