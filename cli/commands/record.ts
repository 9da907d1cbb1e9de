/** `berth record`: the order book of a chain into a file, from now on or from a height, resumable. */
import type { ChainClock } from '../../chain/clock.js';
import { isOrderBookFormatError } from '../../history/order-book-lines.js';
import type { BookLine } from '../../history/order-book-lines.js';
import { errno } from '../errno.js';
import { misused } from '../failure.js';
import type { Context } from '../ports.js';
import { BookFile, bookEnd, sizeOf } from '../record/book-file.js';
import type { BookChain } from '../record/ports.js';
import { record, standingLines } from '../record/recorder.js';

export interface RecordContext extends Context {
  readonly chain: BookChain;
  readonly clock: ChainClock;
}

export interface RecordRequest {
  readonly out: string;
  /** First height; left out: from now on, with the orders that stand. A file that exists is gone on with instead. */
  readonly from: bigint | undefined;
  readonly until: bigint | undefined;
  readonly once: boolean;
  readonly pollMs: number;
}

const begin = async (
  { chain }: RecordContext,
  { out, from }: RecordRequest,
): Promise<{ file: BookFile; next: bigint }> => {
  const { chainId } = await chain.reader.head();
  const size = await sizeOf(out);
  const end = size === undefined || size === 0 ? undefined : await bookEnd(out);
  if (end !== undefined && end.chainId !== chainId) {
    throw misused(
      'ChainDiffers',
      `${out} is a recording of ${end.chainId}, the node is of ${chainId}`,
      {
        field: 'out',
      },
    );
  }
  if (end !== undefined) return { file: await BookFile.resume(out, end.lines), next: end.next };
  const file = size === undefined ? await BookFile.create(out) : await BookFile.resume(out, 0);
  // What stands at this height goes in first; every later block is read.
  const height = from === undefined ? await chain.past.committed() : from - 1n;
  const next = height + 1n;
  const standing = from === undefined ? await standingLines(chain, height) : [];
  await file.append([{ type: 'head', chainId, from: next }, ...standing]);
  return { file, next };
};

const openBook = async (
  ctx: RecordContext,
  request: RecordRequest,
): Promise<{ file: BookFile; next: bigint }> => {
  try {
    return await begin(ctx, request);
  } catch (error) {
    if (isOrderBookFormatError(error)) {
      throw misused('HistoryInvalid', `${request.out}: ${error.message}`, {
        field: 'out',
        next: 'It is no recording of this version. Name another file.',
      });
    }
    const why = errno(error);
    if (why === undefined) throw error;
    throw misused('FileUnwritable', `${request.out} cannot be written: ${why}`, { field: 'out' });
  }
};

/** Runs until it is done or the user wants out; both end well. @throws CliFailure */
export const recordBook = async (ctx: RecordContext, request: RecordRequest): Promise<void> => {
  const { file, next } = await openBook(ctx, request);
  const counts = { orders: 0, bids: 0, leases: 0 };
  const count = (lines: readonly BookLine[]): void => {
    for (const { type } of lines) {
      if (type === 'order') counts.orders += 1;
      else if (type === 'bid') counts.bids += 1;
      else if (type === 'lease') counts.leases += 1;
    }
  };
  const { terminal, output, chain, clock, signal } = ctx;
  terminal.say(
    `Recording from block ${next} into ${request.out}. Ctrl-C ends it; the same command goes on.`,
  );
  let through = next - 1n;
  try {
    const { until, once, pollMs } = request;
    through = await record(
      { chain, sink: file, clock },
      {
        ...{ next, until, once, pollMs },
        onProgress: (height, lines) => {
          count(lines);
          terminal.live([
            `block ${height}: ${counts.orders} orders, ${counts.bids} bids, ${counts.leases} leases`,
          ]);
        },
        onTrouble: (message) => {
          terminal.say(message);
        },
      },
      signal,
    );
  } finally {
    terminal.settle();
    await file.close();
  }
  output.result(
    { file: request.out, from: next, through, ...counts },
    `${request.out} is complete through block ${through}: ${counts.orders} orders, ${counts.bids} bids and ${counts.leases} leases since block ${next}.`,
  );
};
