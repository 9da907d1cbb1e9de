/** All market events of one block, in order: those of its transactions, then those of the block itself. */
import type { MarketEvent } from '../../market/events.js';
import { ChainDecodeError, isChainDecodeError } from '../errors.js';
import type { RawEvent } from './attributes.js';
import { decodeEvent } from './market-event.js';

/** What a block did, as far as events go. */
export interface RawBlockResults {
  /** Per transaction; a failed one (code not 0) changed nothing, and its events are the ante's only. */
  readonly txs: readonly { readonly code: number; readonly events: readonly RawEvent[] }[];
  /** Events of the block itself (BeginBlock, EndBlock). */
  readonly blockEvents: readonly RawEvent[];
}

export interface DecodedEvents {
  readonly events: readonly MarketEvent[];
  /** Market events that could not be read; the rest of the block is not lost with them. */
  readonly faults: readonly ChainDecodeError[];
}

/** Never throws: a malformed event becomes a fault. */
export const decodeBlockEvents = (results: RawBlockResults): DecodedEvents => {
  const events: MarketEvent[] = [];
  const faults: ChainDecodeError[] = [];
  const take = (raw: RawEvent): void => {
    try {
      const event = decodeEvent(raw);
      if (event !== undefined) events.push(event);
    } catch (error) {
      faults.push(
        isChainDecodeError(error)
          ? error
          : new ChainDecodeError(raw.type, 'cannot be read', { cause: error }),
      );
    }
  };
  for (const tx of results.txs) if (tx.code === 0) tx.events.forEach(take);
  results.blockEvents.forEach(take);
  return { events, faults };
};
