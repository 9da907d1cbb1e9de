/** MsgCloseBid, MsgCreateLease, MsgCloseLease, MsgWithdrawLease, MsgLeaseStartReclaim (node x/market/handler). */
import type {
  MsgCloseBid,
  MsgCloseLease,
  MsgCreateLease,
  MsgWithdrawLease,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { orderIdOf } from '../../market/ids.js';
import { bidIdFrom, groupIdOf } from '../akash/ids.js';
import { refusal } from '../akash/registered-error.js';
import { getGroup, pauseGroup, requireGroup } from '../deployment/keeper.js';
import { GroupState } from '../deployment/records.js';
import type { EscrowKeeper } from '../escrow/keeper.js';
import type { Context } from '../kernel/module.js';
import { MARKET_ERRORS as E } from './errors.js';
import { leasePaymentId } from './escrow-ids.js';
import type { MarketKeeper } from './keeper.js';
import { reasonName } from './reasons.js';
import { BidState, LeaseClosedReason, LeaseState, OrderState, type Lease } from './records.js';
import { LEASE_RECLAIMING, type MsgLeaseStartReclaim } from './wire.js';

const found = <T>(value: T | undefined, otherwise: (typeof E)[keyof typeof E]): T => {
  if (value === undefined) throw refusal(otherwise);
  return value;
};

/** Whether the provider may end this lease now. @throws AppError market/10, 37, 38 */
const checkProviderMayClose = (context: Context, lease: Lease): void => {
  if (lease.state === LeaseState.active) {
    if (lease.reclamation !== undefined) throw refusal(E.reclamationNotStarted);
    return;
  }
  if (lease.state !== LEASE_RECLAIMING) throw refusal(E.leaseNotActive);
  if (context.time.seconds < (lease.reclamation?.deadline ?? 0n)) {
    throw refusal(E.reclamationWindowNotElapsed);
  }
};

/** The market's handlers apart from CreateBid. */
export class MarketHandlers {
  readonly #market: MarketKeeper;
  readonly #escrow: EscrowKeeper;

  constructor(market: MarketKeeper, escrow: EscrowKeeper) {
    this.#market = market;
    this.#escrow = escrow;
  }

  /** The provider takes an open bid back, or ends the lease of an active one, which pauses the group. */
  closeBid(context: Context, message: MsgCloseBid): void {
    const market = this.#market;
    const id = bidIdFrom(message.id);
    const bid = found(market.getBid(context, id), E.unknownBid);
    const order = found(market.getOrder(context, orderIdOf(id)), E.unknownOrderForBid);
    if (bid.state === BidState.open) {
      market.closeBid(context, bid);
      return;
    }
    const lease = found(market.getLease(context, id), E.unknownLeaseForBid);
    checkProviderMayClose(context, lease);
    if (bid.state !== BidState.active) throw refusal(E.bidNotActive);
    pauseGroup(context, requireGroup(context, groupIdOf(id)));
    market.endLease(context, lease, LeaseState.closed, message.reason);
    market.closeBid(context, bid);
    market.closeOrder(context, order);
    this.#escrow.closePayment(context, leasePaymentId(id));
  }

  /** The tenant accepts a bid. */
  createLease(context: Context, message: MsgCreateLease): void {
    const market = this.#market;
    const id = bidIdFrom(message.bidId);
    const bid = found(market.getBid(context, id), E.bidNotFound);
    if (bid.state !== BidState.open) throw refusal(E.bidNotOpen);
    const order = found(market.getOrder(context, orderIdOf(id)), E.orderNotFound);
    if (order.state !== OrderState.open) throw refusal(E.orderNotOpen);
    const group = found(getGroup(context, groupIdOf(id)), E.groupNotFound);
    if (group.state !== GroupState.open) throw refusal(E.groupNotOpen);
    this.#escrow.createPayment(context, leasePaymentId(id), id.provider, bid.price);
    market.createLease(context, order, bid);
  }

  /** The tenant ends a lease; while the group is open it gets a new order with the next number. */
  closeLease(context: Context, message: MsgCloseLease): void {
    const market = this.#market;
    const id = bidIdFrom(message.id);
    const order = found(market.getOrder(context, orderIdOf(id)), E.orderNotFound);
    if (order.state !== OrderState.active) throw refusal(E.orderClosed);
    const bid = found(market.getBid(context, id), E.bidNotFound);
    if (bid.state !== BidState.active) throw refusal(E.bidNotActive);
    const lease = found(market.getLease(context, id), E.leaseNotFound);
    if (lease.state !== LeaseState.active && lease.state !== LEASE_RECLAIMING) {
      throw refusal(E.orderClosed);
    }
    market.endLease(context, lease, LeaseState.closed, LeaseClosedReason.lease_closed_owner);
    market.closeBid(context, bid);
    market.closeOrder(context, order);
    this.#escrow.closePayment(context, leasePaymentId(id));
    const group = requireGroup(context, groupIdOf(id));
    if (group.state === GroupState.open) {
      market.createOrder(context, group.id, group.spec, order.minWindow);
    }
  }

  /** Pays the provider what the lease has earned; the lease's state does not matter, the payment's does. */
  withdrawLease(context: Context, message: MsgWithdrawLease): void {
    const id = bidIdFrom(message.id);
    found(this.#market.getLease(context, id), E.unknownLease);
    this.#escrow.withdraw(context, leasePaymentId(id));
  }

  /** The provider gives notice: from the deadline on it may close. */
  startReclaim(context: Context, message: MsgLeaseStartReclaim): void {
    const id = bidIdFrom(message.id);
    const lease = found(this.#market.getLease(context, id), E.unknownLease);
    if (lease.state !== LeaseState.active) throw refusal(E.leaseNotActive);
    const reclamation = found(lease.reclamation, E.leaseNotReclamable);
    if (reclamation.startedAt !== 0n) throw refusal(E.leaseAlreadyReclaiming);
    const nanos = BigInt(context.time.nanos) + reclamation.window;
    const deadline = context.time.seconds + nanos / 1_000_000_000n;
    const { reason } = message;
    const started = { ...reclamation, startedAt: context.height, deadline, reason };
    this.#market.updateLease(
      context,
      { ...lease, state: LEASE_RECLAIMING, reclamation: started },
      lease.state,
    );
    context.emitTyped('akash.market.v1.EventLeaseReclaimStarted', {
      id: lease.id,
      reason: reasonName(reason),
      deadline,
    });
  }
}
