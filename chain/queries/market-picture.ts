/** What lives on the market in one look, and our own bids on orders, at a cost that our history does not raise. */
import { bidIdOf, formatOrderId, orderIdOf } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Bid, BidState, Lease } from '../../market/records.js';
import { isChainDecodeError, isChainQueryError } from '../errors.js';
import type { MarketPicture } from '../ports.js';
import { absentIfNotFound } from './abci.js';
import type { AbciQuery } from './abci.js';
import { getBid, listBids, listLeases, listOrders } from './market.js';

const LIVE_BIDS: readonly BidState[] = ['open', 'active'];

/** One list after the other (they share few connections with the hot path), all at the height of the first. */
const readAt = async (
  query: AbciQuery,
  provider: string,
  pinned: boolean,
): Promise<MarketPicture> => {
  const orders = await listOrders(query, 'open')(0n);
  let { height } = orders;
  const at = pinned ? height : 0n;
  const lowest = (other: bigint): void => {
    if (other < height) height = other;
  };
  const bids: Bid[] = [];
  for (const state of LIVE_BIDS) {
    const listing = await listBids(query, { provider, state })(at);
    bids.push(...listing.items);
    lowest(listing.height);
  }
  const leases: Lease[] = [];
  for (const state of LIVE_LEASE_STATES) {
    const listing = await listLeases(query, { provider, state })(at);
    leases.push(...listing.items);
    lowest(listing.height);
  }
  return { height, orders: orders.items, bids, leases };
};

/**
 * Everything at one height; when a node no longer (or not yet) has that height, each list at its own, and the lowest is told:
 * what the picture lacks may be younger than it.
 */
export const readMarket = async (query: AbciQuery, provider: string): Promise<MarketPicture> => {
  try {
    return await readAt(query, provider, true);
  } catch (error) {
    if (!isChainQueryError(error)) throw error;
    return readAt(query, provider, false);
  }
};

/** Up to so many orders, asking for each is cheaper than a listing. */
const ASK_ONE_BY_ONE = 256;
/** Pages of closed bids that are read at most; a longer history is not read for this. */
const MAX_HISTORY_PAGES = 20;
const AT_ONCE = 8;

const askEach = async (
  query: AbciQuery,
  provider: string,
  orders: readonly OrderId[],
): Promise<readonly Bid[]> => {
  const found: Bid[] = [];
  const waiting = [...orders];
  const work = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const bid = await absentIfNotFound(getBid(query, bidIdOf(id, provider)));
      if (bid !== undefined) found.push(bid);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
};

/**
 * Our bid on each order. Of very many orders (a cold start) the live bids and a history that is not long are listed instead
 * of asking for each.
 */
export const readBidsOn = async (
  query: AbciQuery,
  provider: string,
  orders: readonly OrderId[],
): Promise<readonly Bid[]> => {
  if (orders.length <= ASK_ONE_BY_ONE) return askEach(query, provider, orders);
  try {
    const listed: Bid[] = [];
    for (const state of ['open', 'active', 'lost', 'closed'] as const) {
      listed.push(...(await listBids(query, { provider, state }, MAX_HISTORY_PAGES)(0n)).items);
    }
    const wanted = new Set(orders.map(formatOrderId));
    return listed.filter((bid) => wanted.has(formatOrderId(orderIdOf(bid.id))));
  } catch (error) {
    if (!isChainDecodeError(error)) throw error;
    return askEach(query, provider, orders);
  }
};
