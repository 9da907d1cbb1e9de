/** A recorded order book as a scenario. What would have happened to a bid that nobody made is a rule, stated here. */
import type { OrderBook, RecordedBid, RecordedOrder } from '../history/order-book.js';
import type { Order } from '../market/records.js';
import type { Demand, Limit, Scenario } from './scenario.js';

/**
 * Which bids of ours would have been taken.
 * - `cheapest`: only on orders whose tenant took the cheapest of the bids, by being cheaper still. A tenant who took a dearer
 *   one did not choose by price, and nothing is claimed of it.
 * - `undercut`: on every order that was leased, by being cheaper than the bid that was taken.
 * Under both, an order that was never leased is never won, and one that we won ourselves is won up to the price we had.
 */
export type ChoiceRule = 'cheapest' | 'undercut';

export interface FromOrderBook {
  readonly choice: ChoiceRule;
  /** Our address in the recording: its bids are ours, not a rival's. */
  readonly provider?: string | undefined;
}

/** The only denomination that is replayed: deployments are priced in it. */
const DENOM = 'uact';
/** Assumed when the recording is too short to tell. */
const USUAL_BLOCK_MS = 6_000;

const limitOf = (
  order: RecordedOrder,
  rivals: readonly RecordedBid[],
  { choice, provider }: FromOrderBook,
): Limit | undefined => {
  const { lease } = order;
  if (lease?.price.denom !== DENOM) return undefined;
  const { amount } = lease.price;
  if (lease.id.provider === provider) return { amount, inclusive: true };
  const tookCheapest = rivals.every((b) => b.price.amount.gte(amount));
  return choice === 'undercut' || tookCheapest ? { amount, inclusive: false } : undefined;
};

const toOrder = (recorded: RecordedOrder, spec: Order['spec']): Order => ({
  id: recorded.id,
  state: 'open',
  spec,
  createdAt: recorded.at.height,
  reclamationMinWindowSeconds: recorded.reclamationMinWindowSeconds,
});

const blockTimeOf = ({ start, through }: OrderBook): number => {
  const blocks = Number(through.height - start.height);
  const ms = through.timeMs - start.timeMs;
  return blocks > 0 && ms > 0 ? Math.max(1, Math.round(ms / blocks)) : USUAL_BLOCK_MS;
};

/** Every order that can be replayed; the others are counted with the reason. */
export const scenarioOf = (book: OrderBook, options: FromOrderBook, title: string): Scenario => {
  const leftOut: Record<string, number> = {};
  const demandOf = (recorded: RecordedOrder): Demand | string => {
    const { spec, lease, closed, at } = recorded;
    if (recorded.standing) return 'it stood before the recording began';
    if (spec === undefined) return 'its group could not be read when it was recorded';
    if (spec.units.some((u) => u.price.denom !== DENOM)) return `it is not priced in ${DENOM}`;
    const rivals = recorded.bids.filter((b) => b.id.provider !== options.provider);
    const settledAt = lease?.at.height ?? closed?.height ?? book.through.height;
    if (settledAt <= at.height) return 'it ended in the block in which it began';
    const end = lease?.closed?.at.height ?? book.through.height;
    return {
      order: toOrder(recorded, spec),
      openedAt: at.height,
      settledAt,
      limit: limitOf(recorded, rivals, options),
      winningPrice: lease?.price,
      leaseBlocks: lease === undefined ? 0n : end - lease.at.height,
    };
  };
  const demands = book.orders
    .flatMap((order) => {
      const demand = demandOf(order);
      if (typeof demand !== 'string') return [demand];
      leftOut[demand] = (leftOut[demand] ?? 0) + 1;
      return [];
    })
    .sort((a, b) => (a.openedAt < b.openedAt ? -1 : a.openedAt > b.openedAt ? 1 : 0));
  return {
    origin: 'recorded',
    title,
    from: book.from,
    through: book.through.height,
    startMs: book.start.timeMs,
    blockTimeMs: blockTimeOf(book),
    demands,
    leftOut,
  };
};
