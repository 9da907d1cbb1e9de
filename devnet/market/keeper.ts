/**
 * Orders, bids and leases in the store, and what closing one of them entails. A key is never free again: an order's
 * number counts the closed ones before it, a bid's place (order, provider, 0) stays taken after its close.
 */
import type { BidId, GroupId, LeaseId, OrderId } from '../../market/ids.js';
import { writeAmount } from '../akash/coins.js';
import { bidKey, groupKey, orderKey } from '../akash/ids.js';
import { refusal } from '../akash/registered-error.js';
import { GroupState, type GroupSpec } from '../deployment/records.js';
import type { EscrowKeeper } from '../escrow/keeper.js';
import type { Context } from '../kernel/module.js';
import { isAppError } from '../kernel/errors.js';
import { MARKET_ERRORS as E } from './errors.js';
import { BIDS, LEASES, ORDERS } from './collections.js';
import { bidAccountId, leasePaymentId } from './escrow-ids.js';
import { reasonName } from './reasons.js';
import {
  BidState,
  LeaseClosedReason,
  LeaseState,
  OrderState,
  decodeBid,
  decodeLease,
  decodeOrder,
  encodeBid,
  encodeLease,
  encodeOrder,
  type Bid,
  type Lease,
  type Order,
} from './records.js';

const isEnded = (state: LeaseState): boolean =>
  state === LeaseState.closed || state === LeaseState.insufficient_funds;

/** Runs `action` and swallows a refusal, where the node only logs it. */
const tolerating = (action: () => void): void => {
  try {
    action();
  } catch (error) {
    const outOfGas = isAppError(error) && error.codespace === 'sdk' && error.code === 11;
    if (!isAppError(error) || outOfGas) throw error;
  }
};

export class MarketKeeper {
  readonly #escrow: EscrowKeeper;

  constructor(escrow: EscrowKeeper) {
    this.#escrow = escrow;
  }

  getOrder(context: Context, id: OrderId): Order | undefined {
    const bytes = ORDERS.get(context, orderKey(id));
    return bytes === undefined ? undefined : decodeOrder(bytes);
  }

  getBid(context: Context, id: BidId): Bid | undefined {
    const bytes = BIDS.get(context, bidKey(id));
    return bytes === undefined ? undefined : decodeBid(bytes);
  }

  getLease(context: Context, id: LeaseId): Lease | undefined {
    const bytes = LEASES.get(context, bidKey(id));
    return bytes === undefined ? undefined : decodeLease(bytes);
  }

  /** The group's orders by number. */
  ordersOf(context: Context, id: GroupId): readonly Order[] {
    return Array.from(context.store.iterate(`market/o/${groupKey(id)}/`), ([, bytes]) =>
      decodeOrder(bytes),
    );
  }

  /** The order's bids by provider. */
  bidsOf(context: Context, id: OrderId): readonly Bid[] {
    return Array.from(context.store.iterate(`market/b/${orderKey(id)}/`), ([, bytes]) =>
      decodeBid(bytes),
    );
  }

  /** Opens the group's next order. @throws AppError market/23 while one is open or active */
  createOrder(
    context: Context,
    group: GroupId,
    spec: GroupSpec,
    minWindow: bigint | undefined,
  ): void {
    const earlier = this.ordersOf(context, group);
    if (earlier.some(({ state }) => state !== OrderState.closed)) {
      throw refusal(E.orderActive, 'create order: active order exists');
    }
    const order: Order = {
      id: { ...group, oseq: earlier.length + 1 },
      state: OrderState.open,
      spec,
      createdAt: context.height,
      minWindow,
    };
    ORDERS.put(context, orderKey(order.id), encodeOrder(order), order.state);
    context.emitTyped('akash.market.v1.EventOrderCreated', { id: order.id });
  }

  /** @throws AppError market/21 when the provider has bid on this order before, in whatever state that bid is */
  createBid(context: Context, bid: Bid): void {
    if (this.getBid(context, bid.id) !== undefined) throw refusal(E.bidExists);
    BIDS.put(context, bidKey(bid.id), encodeBid(bid), bid.state);
    context.emitTyped('akash.market.v1.EventBidCreated', {
      id: bid.id,
      price: writeAmount(bid.price),
    });
  }

  /** The lease that `bid` wins; order and bid become active, other open bids lose and are refunded without an event. */
  createLease(context: Context, order: Order, bid: Bid): void {
    const lease: Lease = {
      id: bid.id,
      state: LeaseState.active,
      price: bid.price,
      createdAt: context.height,
      closedOn: 0n,
      reason: LeaseClosedReason.lease_closed_invalid,
      reclamation:
        bid.window === undefined
          ? undefined
          : { window: bid.window, startedAt: 0n, deadline: 0n, reason: 0 },
    };
    LEASES.put(context, bidKey(lease.id), encodeLease(lease), lease.state);
    context.emitTyped('akash.market.v1.EventLeaseCreated', {
      id: lease.id,
      price: writeAmount(lease.price),
    });
    this.#putOrder(context, { ...order, state: OrderState.active }, order.state);
    this.#putBid(context, { ...bid, state: BidState.active }, bid.state);
    for (const loser of this.bidsOf(context, order.id)) {
      if (loser.state !== BidState.open) continue;
      this.#putBid(context, { ...loser, state: BidState.lost }, loser.state);
      this.#escrow.closeAccount(context, bidAccountId(loser.id));
    }
  }

  /** Stores a lease whose reclamation or state has changed. */
  updateLease(context: Context, lease: Lease, before: LeaseState): void {
    LEASES.put(context, bidKey(lease.id), encodeLease(lease), lease.state, before);
  }

  /** Closes the bid and gives its deposit back; nothing for a lost or closed one. */
  closeBid(context: Context, bid: Bid): void {
    if (bid.state === BidState.closed || bid.state === BidState.lost) return;
    this.#putBid(context, { ...bid, state: BidState.closed }, bid.state);
    tolerating(() => this.#escrow.closeAccount(context, bidAccountId(bid.id)));
    context.emitTyped('akash.market.v1.EventBidClosed', { id: bid.id });
  }

  closeOrder(context: Context, order: Order): void {
    if (order.state === OrderState.closed) return;
    this.#putOrder(context, { ...order, state: OrderState.closed }, order.state);
    context.emitTyped('akash.market.v1.EventOrderClosed', { id: order.id });
  }

  /** Ends the lease; its payment is the caller's. */
  endLease(context: Context, lease: Lease, state: LeaseState, reason: LeaseClosedReason): void {
    if (isEnded(lease.state)) return;
    this.updateLease(context, { ...lease, state, reason, closedOn: context.height }, lease.state);
    context.emitTyped('akash.market.v1.EventLeaseClosed', {
      id: lease.id,
      reason: reasonName(reason),
    });
  }

  /** Closes every order of the group with its open and active bids, their leases and payments. */
  onGroupClosed(context: Context, id: GroupId, groupState: GroupState): void {
    const broke = groupState === GroupState.insufficient_funds;
    const state = broke ? LeaseState.insufficient_funds : LeaseState.closed;
    const reason = broke
      ? LeaseClosedReason.lease_closed_reason_insufficient_funds
      : LeaseClosedReason.lease_closed_owner;
    for (const order of this.ordersOf(context, id)) {
      if (order.state === OrderState.closed) continue;
      this.closeOrder(context, order);
      const bids = this.bidsOf(context, order.id);
      for (const wanted of [BidState.open, BidState.active]) {
        for (const bid of bids) {
          if (bid.state !== wanted) continue;
          this.closeBid(context, bid);
          const lease = this.getLease(context, bid.id);
          if (lease === undefined) continue;
          this.endLease(context, lease, state, reason);
          tolerating(() => this.#escrow.closePayment(context, leasePaymentId(lease.id)));
        }
      }
    }
  }

  #putOrder(context: Context, order: Order, before: OrderState): void {
    ORDERS.put(context, orderKey(order.id), encodeOrder(order), order.state, before);
  }

  #putBid(context: Context, bid: Bid, before: BidState): void {
    BIDS.put(context, bidKey(bid.id), encodeBid(bid), bid.state, before);
  }
}
