/** All market events of one block, in order: those of its transactions, then those of the block itself. */
import type { MarketEvent } from '../../market/events.js';
import { formatGroupId } from '../../market/ids.js';
import type { Order } from '../../market/records.js';
import { createdGroups } from '../decode/created-groups.js';
import type { CreatedGroup } from '../decode/created-groups.js';
import { escrowDeposits } from '../decode/escrow-deposits.js';
import { ChainDecodeError, isChainDecodeError } from '../errors.js';
import type { RawEvent } from './attributes.js';
import { decodeEvent } from './market-event.js';

const NO_GROUPS: ReadonlyMap<string, CreatedGroup> = new Map();

/** What a block did, as far as events go. */
export interface RawBlockResults {
  /** Per transaction; a failed one (code not 0) changed nothing, and its events are the ante's only. */
  readonly txs: readonly {
    readonly code: number;
    readonly events: readonly RawEvent[];
    /** The transaction itself, when it is at hand: new orders are told with what they ask for. */
    readonly bytes?: Uint8Array;
  }[];
  /** Events of the block itself (BeginBlock, EndBlock). */
  readonly blockEvents: readonly RawEvent[];
}

export interface DecodedEvents {
  readonly events: readonly MarketEvent[];
  /** Market events that could not be read; the rest of the block is not lost with them. */
  readonly faults: readonly ChainDecodeError[];
}

/** A new order with what its group asks for and its escrow account, which are in the transaction that created its deployment. */
const withOrder = (
  event: MarketEvent,
  groups: () => ReadonlyMap<string, CreatedGroup>,
  height: bigint,
): MarketEvent => {
  // Later orders of a group come without their deployment's message.
  if (event.type !== 'order-created' || event.id.oseq !== 1) return event;
  const group = groups().get(formatGroupId(event.id));
  if (group === undefined) return event;
  const { deposit, ...asked } = group;
  const order: Order = { id: event.id, state: 'open', createdAt: height, ...asked };
  if (deposit === undefined) return { ...event, order };
  const escrow = { state: 'open', settledAt: height, funds: [deposit], transferred: [] } as const;
  return { ...event, order, escrow };
};

/** Never throws: a malformed event becomes a fault. @param height of the block, for the orders created in it */
export const decodeBlockEvents = (results: RawBlockResults, height: bigint): DecodedEvents => {
  const events: MarketEvent[] = [];
  const faults: ChainDecodeError[] = [];
  const take = (raw: RawEvent, groups: () => ReadonlyMap<string, CreatedGroup>): void => {
    try {
      const event = decodeEvent(raw);
      if (event !== undefined) events.push(withOrder(event, groups, height));
    } catch (error) {
      faults.push(
        isChainDecodeError(error)
          ? error
          : new ChainDecodeError(raw.type, 'cannot be read', { cause: error }),
      );
    }
  };
  for (const { code, events: told, bytes } of results.txs) {
    if (code !== 0) continue;
    let groups: ReadonlyMap<string, CreatedGroup> | undefined;
    for (const raw of told)
      take(raw, () => (groups ??= bytes === undefined ? NO_GROUPS : createdGroups(bytes)));
    for (const id of bytes === undefined ? [] : escrowDeposits(bytes))
      events.push({ type: 'deployment-deposited', id });
  }
  for (const raw of results.blockEvents) take(raw, () => NO_GROUPS);
  return { events, faults };
};
