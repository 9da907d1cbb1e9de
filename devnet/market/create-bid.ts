/**
 * MsgCreateBid: the checks in the order of the node's handler (x/market/handler/server.go), each with its refusal. The
 * deposit is authorised before the reclamation rules are looked at, and taken last.
 */
import type { MsgCreateBid as ProtoCreateBid } from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { formatCoin } from '../../market/money.js';
import { orderIdOf } from '../../market/ids.js';
import { isAddress, validateBidId } from '../akash/address.js';
import { isValidAmount, readAmount, readCoin } from '../akash/coins.js';
import { bidIdFrom } from '../akash/ids.js';
import { panicked, refusal } from '../akash/registered-error.js';
import { auditedFor } from '../audit/keeper.js';
import { groupPrice } from '../deployment/groups.js';
import { GrantScope, authorizeDeposits, validateDeposit } from '../escrow/deposits.js';
import type { EscrowKeeper } from '../escrow/keeper.js';
import type { DepositGrants } from '../escrow/ports.js';
import type { Context } from '../kernel/module.js';
import { getProvider } from '../provider/keeper.js';
import { MARKET_ERRORS as E } from './errors.js';
import { bidAccountId } from './escrow-ids.js';
import type { MarketKeeper } from './keeper.js';
import { capabilitiesMatch, offerMatches, requirementsMatch } from './matching.js';
import { getMarketParams, type MarketParams } from './params.js';
import { BidState, OrderState, type Order } from './records.js';

/** A `MsgCreateBid` with the field the SDK does not know: the reclamation window, nanoseconds. */
export type CreateBid = ProtoCreateBid & { readonly window: bigint | undefined };

/** @throws AppError sdk/3, sdk/7, sdk/36 (self-bid), market/19, akash/4 */
export const validateCreateBid = (message: CreateBid): void => {
  validateBidId(message.id);
  validateDeposit(message.deposit);
  if (readAmount(message.price).amount === 0n) throw refusal(E.bidZeroPrice);
};

const checkDeposit = (message: CreateBid, params: MarketParams): void => {
  const deposit = readCoin(message.deposit?.amount);
  const least = params.bidMinDeposits.find(({ denom }) => denom === deposit.denom);
  if (least === undefined || least.amount === 0n) {
    throw refusal(E.invalidDeposit, `unsupported denom ${deposit.denom}`);
  }
  if (least.amount > deposit.amount) {
    throw refusal(E.invalidDeposit, `minimum:${formatCoin(least)} received:${formatCoin(deposit)}`);
  }
};

const checkOpen = (order: Order | undefined): Order => {
  if (order === undefined) throw refusal(E.orderNotFound);
  if (order.state === OrderState.active) throw refusal(E.orderActive);
  if (order.state !== OrderState.open) throw refusal(E.orderClosed);
  return order;
};

const checkPrice = (message: CreateBid, order: Order): void => {
  const price = readAmount(message.price);
  const highest = groupPrice(order.spec);
  if (!isValidAmount(price)) throw refusal(E.invalidPrice);
  if (price.denom !== highest.denom) {
    throw panicked(`invalid coin denominations; ${highest.denom}, ${price.denom}`);
  }
  if (highest.amount < price.amount) throw refusal(E.invalidPrice);
};

const checkProvider = (context: Context, address: string, order: Order): void => {
  if (!isAddress(address)) throw refusal(E.emptyProvider);
  const provider = getProvider(context, address);
  if (provider === undefined) throw refusal(E.unknownProvider);
  const audited = auditedFor(context, address);
  if (!requirementsMatch(order.spec, provider.attributes, audited)) {
    throw refusal(E.attributeMismatch);
  }
  if (!capabilitiesMatch(order.spec, provider.attributes)) throw refusal(E.capabilitiesMismatch);
};

const checkReclamation = (window: bigint | undefined, order: Order, params: MarketParams): void => {
  if (order.minWindow !== undefined) {
    if (window === undefined) throw refusal(E.reclamationRequired);
    if (window < order.minWindow) throw refusal(E.reclamationWindowTooShort);
  }
  if (window === undefined) return;
  if (window < params.minReclamationWindow || window > params.maxReclamationWindow) {
    throw refusal(E.reclamationWindowInvalid);
  }
};

/** Runs MsgCreateBid. @throws AppError market/…, escrow/1, sdk/5 */
export const createBid = (
  context: Context,
  message: CreateBid,
  market: MarketKeeper,
  escrow: EscrowKeeper,
  grants: DepositGrants,
): void => {
  const id = bidIdFrom(message.id);
  const params = getMarketParams(context);
  checkDeposit(message, params);
  if (market.bidsOf(context, orderIdOf(id)).length > params.orderMaxBids) {
    throw refusal(E.invalidBid, `too many existing bids (${params.orderMaxBids})`);
  }
  if (id.bseq !== 0) throw refusal(E.invalidBid);
  const order = checkOpen(market.getOrder(context, orderIdOf(id)));
  checkPrice(message, order);
  if (!offerMatches(message.resourcesOffer, order.spec)) throw refusal(E.capabilitiesMismatch);
  checkProvider(context, id.provider, order);
  const deposits = authorizeDeposits(context, grants, id.provider, GrantScope.bid, message.deposit);
  checkReclamation(message.window, order, params);
  market.createBid(context, {
    id,
    state: BidState.open,
    price: readAmount(message.price),
    createdAt: context.height,
    resourcesOffer: message.resourcesOffer,
    window: message.window,
  });
  escrow.createAccount(context, bidAccountId(id), id.provider, deposits);
};
