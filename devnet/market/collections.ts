/** Where orders, bids and leases are stored, and in which order of states lists walk them. */
import { IndexedRecords } from '../akash/indexed.js';
import { BidState, LeaseState, OrderState } from './records.js';
import { LEASE_RECLAIMING } from './wire.js';

/** All orders, listed open first. */
export const ORDERS = new IndexedRecords('market/o', {
  open: OrderState.open,
  active: OrderState.active,
  closed: OrderState.closed,
});

/** All bids. */
export const BIDS = new IndexedRecords('market/b', {
  open: BidState.open,
  active: BidState.active,
  lost: BidState.lost,
  closed: BidState.closed,
});

/** All leases. */
export const LEASES = new IndexedRecords('market/l', {
  active: LeaseState.active,
  insufficient_funds: LeaseState.insufficient_funds,
  closed: LeaseState.closed,
  reclaiming: LEASE_RECLAIMING,
});
