/** What recording needs of the chain and of the file. */
import type { PastBlocks } from '../../chain/feed/past-blocks.js';
import type { ChainReader } from '../../chain/ports.js';
import type { BookLine } from '../../history/order-book-lines.js';

export interface BookChain {
  readonly past: PastBlocks;
  readonly reader: Pick<ChainReader, 'head' | 'openOrders' | 'order' | 'bid' | 'bidsOnOrder'>;
}

export interface BookSink {
  /** Durable once it resolves: a reader then sees these lines whatever happens to the writer. */
  append(lines: readonly BookLine[]): Promise<void>;
}
